import { IpvsError } from '../error.ts';

/** What is wrong with one field, and what would be right. */
export interface FieldProblem<Field extends string> {
  readonly field: Field;
  /** One clause that names the value. */
  readonly reason: string;
  /** One clause: what is allowed, or what to do. */
  readonly advice: string;
}

/** One thing that can be wrong with an object. */
export interface Check<Subject, Field extends string> {
  /** Fields that the check looks at. The first is the one that a problem is shown beside. */
  readonly fields: readonly [Field, ...Field[]];
  /** `undefined` when all is well. */
  readonly find: (subject: Subject) => { readonly reason: string; readonly advice: string } | undefined;
}

const none: readonly never[] = [];

/**
 * Problems of an object, at most one for each check. With `changed`, only checks that look at one of those
 * fields are made: what was odd before and is not touched does not stand in the way of an edit.
 */
export function findProblems<Subject, Field extends string>(
  checks: readonly Check<Subject, Field>[],
  subject: Subject,
  changed?: readonly Field[],
): readonly FieldProblem<Field>[] {
  let problems: FieldProblem<Field>[] | undefined;
  for (const { fields, find } of checks) {
    if (changed !== undefined && !fields.some((field) => changed.includes(field))) continue;
    const found = find(subject);
    if (found === undefined) continue;
    problems ??= [];
    problems.push({ field: fields[0], ...found });
  }
  return problems ?? none;
}

/** Throws the first problem as an input `IpvsError`. */
export function throwFirst(
  problems: readonly FieldProblem<string>[],
  operation: string,
  object: string,
): void {
  const first = problems[0];
  if (first !== undefined) throw IpvsError.input('bad-value', operation, object, first.reason, first.advice);
}

/** Whether it is a whole number within the bounds, both included. */
export function isWhole(value: number, least: number, greatest: number): boolean {
  return Number.isInteger(value) && value >= least && value <= greatest;
}
