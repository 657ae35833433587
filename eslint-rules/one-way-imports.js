const path = require('node:path');

/**
 * Holds the table of layers: which files may import which, as values or as types only. Paths are resolved, so a
 * folder inside a layer may be named like another layer. A file is judged by the most exact row that names it.
 *
 * Options: `[{ "workflows/": { values: ["workflows/", …], types: ["activities/contract"] }, … }]`; a path with `/`
 * at its end names everything below it, any other path one module. A `*` stands for one folder, whatever its name.
 */
module.exports = {
  meta: {
    type: 'problem',
    docs: { description: 'imports between layers point one way' },
    schema: [{ type: 'object' }],
    messages: {
      never: '{{from}} must not import {{to}}: imports point one way (eslint.config.js, LAYERS).',
      typesOnly: '{{from}} may take only types from {{to}}: write `import type`.',
    },
  },
  create(context) {
    const [layers] = context.options;
    const file = moduleOf(context.cwd, context.filename);
    const row = rowOf(layers, file);
    if (!row) return {};

    const check = (node, source, isType) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const to = moduleOf(context.cwd, path.resolve(path.dirname(context.filename), source.value));
      if (covers(row.values, to)) return;
      const mayTakeTypes = covers(row.types ?? [], to);
      if (isType && mayTakeTypes) return;
      context.report({ node, messageId: mayTakeTypes ? 'typesOnly' : 'never', data: { from: file, to } });
    };

    return {
      ImportDeclaration: (node) => check(node, node.source, isTypeOnly(node, 'importKind')),
      ExportNamedDeclaration: (node) => check(node, node.source, isTypeOnly(node, 'exportKind')),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source, true),
      'CallExpression[callee.name="require"]': (node) => check(node, node.arguments[0], false),
    };
  },
};

/** Whether nothing of an import or re-export is left at run time. */
function isTypeOnly(node, kind) {
  if (node[kind] === 'type') return true;
  return node.specifiers.length > 0 && node.specifiers.every((specifier) => specifier[kind] === 'type');
}

function moduleOf(root, file) {
  return path
    .relative(root, file)
    .split(path.sep)
    .join('/')
    .replace(/\.[jt]s$/, '');
}

function rowOf(layers, file) {
  const [name] = Object.keys(layers)
    .filter((layer) => covers([layer], file))
    .sort((a, b) => b.length - a.length);
  return name === undefined ? undefined : layers[name];
}

function covers(paths, file) {
  return paths.some((path) => patternOf(path).test(path.endsWith('/') ? `${file}/` : file));
}

const PATTERNS = new Map();

function patternOf(path) {
  const known = PATTERNS.get(path);
  if (known) return known;
  const [start, end] = ['^', path.endsWith('/') ? '' : '$'];
  const text = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]+');
  const pattern = new RegExp(start + text + end);
  PATTERNS.set(path, pattern);
  return pattern;
}
