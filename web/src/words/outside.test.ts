import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

/** A node of the tree that the parser makes: ESTree, with TypeScript and JSX. */
interface Node {
  readonly type: string;
  readonly [name: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value : [value]).filter(isNode);

/**
 * Calls whose text no viewer sees: selectors, class names, media queries. And `wrong`, which says what an answer lacks:
 * it names fields, as a log does.
 */
const UNSEEN = /^(?:closest|matches|matchMedia|querySelector|querySelectorAll|add|remove|toggle|contains|animate|svg|wrong|ShapeError)$/;
/** Attributes and fields whose text is read, or read out. */
const READ = /^(?:aria-label|aria-description|aria-placeholder|aria-roledescription|aria-valuetext|title|alt|placeholder|label|textContent|innerText)$/;
/** Attributes and fields that hold names for the machine. */
const MACHINE = /^(?:aria-describedby|aria-labelledby|class|className|easing|transform|sizes|viewBox)$/;
/** Marks and units that are the same in all languages. */
const MARKS = /^[\s\d·×:/().,|%-]*(?:p|kbit\/s)?$/;

/** Names of classes: no sentence has only such words. */
const CLASSES = /^[a-z]+(?:-[a-z]+)*(?: [a-z]+(?:-[a-z]+)+)+$/;

const LETTER = /\p{L}/u;
/** Two words, or a word with a capital letter and small ones. */
const TWO_WORDS = /\p{L}[\p{L}'’]*[,.:;!?…]? \p{L}/u;

/** The literals of a file that look like words for a viewer. */
function outside(file: string, text: string): string[] {
  const { program, errors } = parseSync(file, text);
  expect(errors).toEqual([]);
  const found: string[] = [];

  const nameOf = (node: Node): string => {
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') return String(node['name']);
    if (node.type === 'Literal') return String(node['value']);
    if (node.type === 'MemberExpression') return nodesOf(node['property']).map(nameOf)[0] ?? '';
    return '';
  };
  const textsOf = (node: Node): string[] => {
    if (node.type === 'Literal') return typeof node['value'] === 'string' ? [node['value']] : [];
    if (node.type === 'JSXText') return [String(node['value'])];
    if (node.type !== 'TemplateLiteral') return [];
    return nodesOf(node['quasis']).map((each) => (each['value'] as { cooked: string }).cooked);
  };

  /** `read`: what is found here is shown, so that one word is enough. */
  const visit = (node: Node, read: boolean): void => {
    const { type } = node;
    if (/^(?:TS(?!As|Satisfies|NonNull)|Import|Export(?:All)|TemplateElement)/.test(type)) return;
    for (const each of textsOf(node)) {
      if (MARKS.test(each) || CLASSES.test(each)) continue;
      if (type === 'JSXText' || read ? LETTER.test(each) : TWO_WORDS.test(each)) found.push(`${file}: ${each.trim()}`);
    }
    const children = (names: readonly string[], reads = read) => {
      for (const name of names) for (const each of nodesOf(node[name])) visit(each, reads);
    };
    if (type === 'CallExpression' || type === 'NewExpression') {
      const [callee] = nodesOf(node['callee']);
      const name = callee ? nameOf(callee) : '';
      children(['callee'], false);
      if (UNSEEN.test(name)) return;
      const given = nodesOf(node['arguments']);
      // `h(tag, attributes, ...children)`, and what takes a message.
      const shown = (at: number) => (name === 'h' ? at >= 2 : /^(?:Error|ApiError|append|prepend|say|failed|failure)$/.test(name));
      given.forEach((each, at) => visit(each, shown(at)));
    } else if (type === 'Property' || type === 'JSXAttribute' || type === 'PropertyDefinition') {
      const [key] = nodesOf(node[type === 'JSXAttribute' ? 'name' : 'key']);
      const name = key ? nameOf(key) : '';
      if (!MACHINE.test(name)) children(['value'], READ.test(name));
    } else if (type === 'AssignmentExpression') {
      const [left] = nodesOf(node['left']);
      const name = left ? nameOf(left) : '';
      children(['left'], false);
      if (!MACHINE.test(name)) children(['right'], READ.test(name));
    } else if (type === 'BinaryExpression' && node['operator'] !== '+') {
      // A comparison shows nothing.
    } else if (type === 'MemberExpression') children(['object'], false);
    else if (type === 'ConditionalExpression') {
      children(['test'], false);
      children(['consequent', 'alternate']);
    } else if (/Function|^BlockStatement$/.test(type)) {
      for (const name of Object.keys(node)) children([name], false);
    } else for (const name of Object.keys(node)) children([name]);
  };
  visit(program as unknown as Node, false);
  return found;
}

describe('words outside of this folder', () => {
  const root = join(import.meta.dirname, '..');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !/^(?:words\/|testing\.ts)/.test(name),
  );

  it('are not there', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap((name) => outside(name, readFileSync(join(root, name), 'utf8')))).toEqual([]);
  });

  it.each([
    ["h('p', {}, 'Close');", 'Close'],
    ["h('p', {}, yes ? `${name} closed` : '');", 'closed'],
    ["h('a', { class: 'button button-primary', title: 'Close' });", 'Close'],
    ["set(element, { 'aria-label': wide ? words.a : 'Narrow' });", 'Narrow'],
    ["element.textContent = 'Gone';", 'Gone'],
    ["const NOTE = 'Please wait a moment.';", 'Please wait a moment.'],
    ["throw new ApiError('Failed', 0);", 'Failed'],
    ["say(`Wait ${seconds} s`);", 'Wait'],
    ["const row = { id: 1, label: 'Off' };", 'Off'],
    ["const made = () => ['Eine Zeile', 3];", 'Eine Zeile'],
    ['const made = <p title="Close">Some text</p>;', 'Some text'],
    ['const made = <p>Text</p>;', 'Text'],
  ])('are found in %s', (text, word) => {
    expect(outside('some.tsx', text)).toContain(`some.tsx: ${word}`);
  });

  it.each([
    "element.classList.add('slide-active', 'slide loading');",
    "if (key === 'ArrowLeft' || said === 'two words') go();",
    "type Kind = 'two words' | 'more words';",
    "import { a } from './a b.ts';",
    "h('div', { class: 'tile tile-waiting', role: 'status' }, text, ' · ', `${width} × ${height}`);",
    "const name = turns ? 'icon icon-directed' : 'icon';",
    "target.closest('video[controls], select, button');",
    '// A comment has words.',
  ])('are not seen in %s', (text) => expect(outside('some.ts', text)).toEqual([]));

  it('are read only inside of functions, because the language is chosen later', () => {
    const early = files.filter((name) => readsEarly(readFileSync(join(root, name), 'utf8')));
    expect(early).toEqual([]);
    expect(readsEarly('const NAMES = [words.film.play];')).toBe(true);
    expect(readsEarly('const name = () => words.film.play;')).toBe(false);
  });
});

/** Whether a module reads the words while it is loaded. */
function readsEarly(text: string): boolean {
  const visit = (node: Node): boolean => {
    if (/Function|^(?:Import|TS)|^MethodDefinition$/.test(node.type)) return false;
    if (node.type === 'Identifier' && node['name'] === 'words') return true;
    return Object.values(node).some((value) => nodesOf(value).some(visit));
  };
  return visit(parseSync('some.tsx', text).program as unknown as Node);
}
