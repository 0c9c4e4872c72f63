/** Makes small mistakes in a source text, all of them at once, each behind a switch of its own. */
import { parseAst } from 'vite';

/** One mistake that can be switched on. */
export interface Mutant {
  /** `src/a.ts#12`: the file and a number within it. */
  readonly id: string;
  readonly line: number;
  /** What is written and what it becomes: `a < b → a <= b`. */
  readonly change: string;
}

/** A source whose mistakes are switched on by `globalThis.isMutant(id)`. */
export interface MutableSource {
  readonly text: string;
  readonly mutants: readonly Mutant[];
}

/** A part of the syntax tree, as far as it matters here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Operators, and what they are mistaken for. */
const operators: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&': ['|'],
  '|': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '&&': ['||'],
  '||': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
};

/** Longest text of a change that is printed whole. */
const longestChange = 90;

/**
 * The source with a switch at each place where something can be mistaken: comparisons, arithmetic, conditions,
 * numbers, booleans, and statements that could be missing. Words are left alone, and so is what is done when a module
 * is loaded, before any switch can be set.
 * @param path is the beginning of the mutants' names.
 */
export function makeMutable(path: string, source: string): MutableSource {
  const mutants: Mutant[] = [];
  /** Text before and behind a part; of two parts that begin at one place, the longer one's comes first. */
  const opening: { readonly at: number; readonly end: number; readonly text: string }[] = [];
  const closing: { readonly at: number; readonly start: number; readonly text: string }[] = [];

  const raw = ({ start, end }: Node) => source.slice(start, end);
  const isOn = (node: Node, to: string): string => {
    const id = `${path}#${mutants.length}`;
    const change = `${raw(node)} → ${to === '' ? 'nothing' : to}`.replace(/\s+/g, ' ');
    const shown = change.length > longestChange ? `${change.slice(0, longestChange)}…` : change;
    mutants.push({ id, line: source.slice(0, node.start).split('\n').length, change: shown });
    return `globalThis.isMutant(${JSON.stringify(id)})`;
  };
  const replace = (node: Node, texts: readonly string[]) => {
    if (texts.length === 0) return;
    const choices = texts.map((text) => `${isOn(node, text)} ? (${text}) : `).join('');
    opening.push({ at: node.start, end: node.end, text: `(${choices}(` });
    closing.push({ at: node.end, start: node.start, text: '))' });
  };
  const leaveOut = (node: Node) => {
    opening.push({ at: node.start, end: node.end, text: `if (!${isOn(node, '')}) {` });
    closing.push({ at: node.end, start: node.start, text: '}' });
  };

  const withOperator = (node: Node): string[] => {
    const { left, right, operator } = node as unknown as { left: Node; right: Node; operator: string };
    const between = source.slice(left.end, right.start);
    const place = between.indexOf(operator);
    // Brackets belong to no part.
    const before = source.slice(node.start, left.end) + between.slice(0, place);
    const behind = between.slice(place + operator.length) + source.slice(right.start, node.end);
    return (operators[operator] ?? []).map((other) => before + other + behind);
  };

  const mistake = (node: Node, parent: Node) => {
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression':
      case 'AssignmentExpression':
        replace(node, withOperator(node));
        return;
      case 'ConditionalExpression':
      case 'IfStatement':
        replace(node.test as Node, ['true', 'false']);
        return;
      case 'WhileStatement':
        replace(node.test as Node, ['false']);
        return;
      case 'UnaryExpression':
        if (node.operator === '!' || node.operator === '-') replace(node, [raw(node.argument as Node)]);
        return;
      case 'UpdateExpression':
        replace(node, [raw(node).replace(/\+\+|--/, (sign) => (sign === '++' ? '--' : '++'))]);
        return;
      case 'Literal': {
        const isName = parent.type === 'Property' && parent.key === node;
        if (isName || parent.type.startsWith('TS') || parent.type === 'UnaryExpression') return;
        if (typeof node.value === 'boolean') replace(node, [String(!node.value)]);
        if (typeof node.value === 'number') replace(node, [String(node.value + 1)]);
        if (typeof node.value === 'bigint') replace(node, [`${node.value + 1n}n`]);
        return;
      }
      case 'ExpressionStatement':
        if (!raw(node).startsWith('super(') && node.directive === undefined) leaveOut(node);
    }
  };

  const visit = (node: Node, parent: Node, isRun: boolean) => {
    // Types are gone before anything runs.
    if (/^TS(?!AsExpression|NonNull|Satisfies)/.test(node.type)) return;
    if (isRun) mistake(node, parent);
    if (/^(?:For|While|DoWhile)/.test(node.type)) {
      const body = node.body as Node;
      if (body.type === 'BlockStatement')
        opening.push({ at: body.start + 1, end: body.start + 1, text: 'globalThis.countTurn();' });
    }
    const isInside = isRun || /Function/.test(node.type);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) visit(child, node, isInside);
      }
    }
  };
  const tree = parseAst(source, { lang: 'ts' }) as unknown as Node;
  visit(tree, tree, false);
  return { text: woven(source, opening, closing), mutants };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function woven(
  source: string,
  opening: readonly { readonly at: number; readonly end: number; readonly text: string }[],
  closing: readonly { readonly at: number; readonly start: number; readonly text: string }[],
): string {
  const opens = [...opening.entries()]
    .sort(([one, a], [other, b]) => a.at - b.at || b.end - a.end || one - other)
    .map(([, open]) => open);
  const closes = [...closing.entries()]
    .sort(([one, a], [other, b]) => a.at - b.at || b.start - a.start || other - one)
    .map(([, close]) => close);
  const parts: string[] = [];
  let position = 0;
  let open = 0;
  for (const close of [...closes, { at: source.length, start: 0, text: '' }]) {
    for (let next = opens[open]; next !== undefined && next.at < close.at; next = opens[++open]) {
      parts.push(source.slice(position, next.at), next.text);
      position = next.at;
    }
    parts.push(source.slice(position, close.at), close.text);
    position = close.at;
  }
  return parts.join('');
}
