const js = require('@eslint/js');
const { globalIgnores } = require('eslint/config');
const tseslint = require('typescript-eslint');
const oneWayImports = require('./eslint-rules/one-way-imports');

/** Domain files that workflows bundle: they run nothing but each other. */
const PURE = [
  'absence',
  'age',
  'audit',
  'backoff',
  'capabilities',
  'characters',
  'failures',
  'fee',
  'limits',
  'messages',
  'model',
  'names',
  'ref',
  'request-parts',
  'sighting',
  'slot-mark',
  'small-view',
  'status',
  'text',
  'times',
  'traits',
  'unreadable',
  'vendor-facts',
  'vendors',
].map((name) => `src/booking/${name}`);

/** What each vendor declares as data, of which the domain's own tables are made. */
const FACTS = 'src/providers/*/facts';

/** The rooms of the workflows, and what each may import of them: from the entry points downwards only. */
const WORKFLOW_ROOMS = {
  'workflows/': ['workflows/'],
  'workflows/cleanup/': [
    'workflows/cleanup/',
    'workflows/ops/activities',
    'workflows/steps/',
    'workflows/saga/',
    'workflows/messages',
  ],
  'workflows/steps/': ['workflows/steps/', 'workflows/saga/'],
  'workflows/ops/': ['workflows/ops/', 'workflows/saga/', 'workflows/messages'],
  'workflows/saga/': ['workflows/saga/', 'workflows/messages'],
};

/** Who may import whom (ARCHITECTURE.md#layers): a row for each layer, the more exact row counts. */
const LAYERS = {
  ...Object.fromEntries(
    Object.entries(WORKFLOW_ROOMS).map(([room, rooms]) => [
      room,
      { values: [...rooms, ...PURE], types: ['activities/contract', 'src/booking/'] },
    ]),
  ),
  'activities/': { values: ['activities/', 'src/booking/', 'src/providers/', 'src/config'] },
  'src/booking/': { values: ['src/booking/'] },
  ...Object.fromEntries(PURE.map((file) => [file, { values: PURE, types: ['src/booking/'] }])),
  'src/booking/vendors': { values: [FACTS], types: ['src/booking/'] },
  'src/config': { values: ['src/booking/', 'src/settings/', 'src/vendors'] },
  // What src/config is made of; the rest of the project asks that.
  'src/settings/': { values: ['src/settings/', 'src/booking/'] },
  'src/providers/': { values: ['src/providers/', 'src/booking/'], types: ['src/settings/'] },
  'src/providers/index': {
    values: ['src/providers/', 'src/booking/', 'src/vendors'],
    types: ['src/settings/'],
  },
  // A vendor's own folder: facts are data, accounts are rules of settings, and vendor.ts says where the code is.
  [FACTS]: { values: [], types: ['src/booking/'] },
  'src/providers/*/accounts': { values: ['src/booking/', 'src/settings/'], types: ['src/providers/'] },
  'src/providers/*/vendor': {
    values: ['src/providers/', 'src/booking/', 'src/settings/', 'src/sandbox/*/server'],
  },
  'src/vendors': { values: ['src/providers/*/vendor'], types: ['src/providers/vendor', 'src/booking/'] },
  // Sandboxes and adapters meet at the wire contract only, so that a mistake cannot cancel itself out.
  'src/sandbox/': { values: ['src/sandbox/'], types: ['src/config'] },
  // The worker is handed activities and workflows by what starts it.
  'src/temporal/': { values: ['src/temporal/', 'src/booking/', 'src/config'], types: ['activities/'] },
  // The face asks the operators' back end, and both read executions.
  'src/client/': { values: ['src/client/', 'src/booking/', 'workflows/messages'] },
  'src/client/ops/': {
    values: ['src/client/ops/', 'src/client/executions/', 'src/booking/', 'workflows/messages'],
  },
  'src/client/executions/': { values: ['src/client/executions/', 'src/booking/'] },
  'src/board/': { values: ['src/board/', 'src/booking/', 'src/client/'], types: ['src/config'] },
  'src/api/': {
    values: ['src/api/', 'src/board/', 'src/booking/', 'src/client/', 'src/config', 'src/temporal/'],
  },
  // Nothing imports the command line, and it starts nothing: it asks what runs.
  'src/cli/': { values: ['src/cli/', 'src/booking/', 'src/client/', 'src/config', 'src/temporal/'] },
  // A vendor's events are read by its own reader, which the registry names.
  'src/api/webhooks/': {
    values: ['src/api/', 'src/booking/', 'src/client/', 'src/config', 'src/vendors'],
    types: ['src/providers/news', 'src/providers/vendor'],
  },
  'src/run/': {
    values: [
      'src/run/',
      'src/api/',
      'src/board/',
      'src/booking/',
      'src/client/',
      'src/config',
      'src/providers/',
      'src/temporal/',
      'src/vendors',
      'activities/',
    ],
  },
  'src/demo/': {
    values: [
      'src/demo/',
      'src/run/',
      'src/booking/',
      'src/client/',
      'src/config',
      'src/temporal/',
      'src/vendors',
    ],
  },
  'src/docs/': { values: ['src/docs/', 'src/booking/', 'src/settings/'] },
};

/** Packages that a folder must not import. Type imports leave nothing at run time, and `typesToo` bans them as well. */
const packages = (files, regex, message, typesToo = true) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: [{ regex, message, allowTypeImports: !typesToo }] },
    ],
  },
});

/** Clock and chance. Where they are banned, what happens is the same at every replay and in every test. */
const NO_CHANCE = [{ object: 'Math', property: 'random', message: 'No chance here.' }];
/** A worker loads these modules once for all of its bookings (src/temporal/bundle.ts). */
const SHARED = 'All bookings of a worker share this module: keep what changes in the state of one.';
const NO_SHARED_STATE = [
  ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind=/let|var/]',
  ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > NewExpression[callee.name=/^(Weak)?(Map|Set)$/]',
].map((selector) => ({ selector, message: SHARED }));

const NO_CLOCK = [
  {
    selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    message: 'No clock here.',
  },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'No clock here.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'No clock here.' },
];
const NO_ENVIRONMENT = { object: 'process', property: 'env', message: 'Settings are read in src/config.ts.' };
const NO_NODE_GLOBALS = [
  ...['process', 'Buffer', 'crypto', 'fetch', 'performance', 'require', 'global'],
  ...['setTimeout', 'setInterval', 'setImmediate'],
].map((name) => ({ name, message: 'Workflows know no Node: use @temporalio/workflow.' }));

const CODE = ['src/**/*.ts', 'workflows/**/*.ts', 'activities/**/*.ts'];

module.exports = tseslint.config(
  globalIgnores(['dist', 'coverage', '.data', 'node_modules', 'test/histories']),
  // Exceptions stand here, each with its reason, and nowhere else.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', __dirname: 'readonly' },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // An async function without await is how a promised interface is kept, a throw becoming a rejection.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
    },
  },
  {
    files: CODE,
    rules: {
      'no-console': 'error',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }],
      'no-restricted-properties': ['error', NO_ENVIRONMENT],
    },
  },
  // The Temporal SDK's own settings, the PATH and the user's folders are read where they are used.
  { files: ['src/config.ts', 'src/temporal/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },

  {
    files: CODE,
    plugins: { house: { rules: { 'one-way-imports': oneWayImports } } },
    rules: { 'house/one-way-imports': ['error', LAYERS] },
  },
  packages(
    ['src/config.ts', 'src/settings/**/*.ts', 'src/providers/**/*.ts', 'src/sandbox/**/*.ts'],
    '^@temporalio/',
    'This layer does not know Temporal.',
  ),
  packages(
    ['src/booking/**/*.ts'],
    '^(?:@temporalio/|node:|pino)',
    'The domain is pure: no Node, no Temporal.',
  ),
  // Ids are HMACs; doors make them, workflows never import this file.
  packages(['src/booking/ids.ts'], '^(?!\\.|node:crypto$)', 'Of packages, ids need node:crypto only.'),
  packages(
    PURE.map((file) => `${file}.ts`),
    '^[^.]',
    'Workflows bundle this file: it imports no package.',
  ),
  packages(
    ['workflows/**/*.ts'],
    '^(?!\\.|@temporalio/(?:workflow|common)$)',
    'Workflows run in the sandbox of Temporal: no Node and no other package at run time.',
    false,
  ),
  {
    files: ['src/booking/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...NO_CHANCE, NO_ENVIRONMENT],
      'no-restricted-syntax': ['error', ...NO_CLOCK],
    },
  },
  {
    files: PURE.map((file) => `${file}.ts`),
    rules: { 'no-restricted-syntax': ['error', ...NO_CLOCK, ...NO_SHARED_STATE] },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...NO_NODE_GLOBALS],
      'no-restricted-properties': ['error', ...NO_CHANCE],
      'no-restricted-syntax': ['error', ...NO_CLOCK, ...NO_SHARED_STATE],
    },
  },
  // A vendor's code is loaded when it is used: `import()` would load it a second time beside what was required.
  { files: ['src/providers/*/vendor.ts'], rules: { '@typescript-eslint/no-require-imports': 'off' } },

  // The one place that reads the time, which Temporal replaces by the time of the workflow task.
  {
    files: ['workflows/saga/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...NO_SHARED_STATE] },
  },

  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // Jest's matchers and parsed JSON are typed `any`, and a test says itself what it expects to find in them.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
