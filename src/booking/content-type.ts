/**
 * A parameter of a content type from its semicolon on, with a quoted or plain value. Each begins where the last one
 * ended.
 */
const PARAMETER = /;\s*([^=;]*)(?:=\s*(?:"((?:[^"\\]|\\[^])*)(?:"|\\?$)|([^;]*)))?[^;]*/y;

/**
 * Returns the first charset that a content type names, unquoted; undefined when it names none. A quoted text in another
 * parameter does not count. If several content types were joined, the first one counts.
 */
export function charsetOf(contentType: string | null | undefined): string | undefined {
  for (const { name, value } of parametersOf(contentType ?? '')) {
    const label = name === 'charset' ? value.trim().replace(/^'(.*)'$/, '$1') : '';
    if (label) return label;
  }
  return undefined;
}

function* parametersOf(contentType: string): Generator<{ name: string; value: string }> {
  const parameter = new RegExp(PARAMETER);
  parameter.lastIndex = contentType.indexOf(';');
  if (parameter.lastIndex < 0) return;
  for (let found = parameter.exec(contentType); found; found = parameter.exec(contentType)) {
    const [, name = '', quoted, plain = ''] = found;
    const value = quoted?.replace(/\\([^])/g, '$1') ?? plain.split(',')[0] ?? '';
    yield { name: name.trim().toLowerCase(), value };
  }
}
