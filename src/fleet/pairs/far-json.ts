import * as v from 'valibot';
import { visible } from '../../ipvs/visible.ts';
import type { FarAnswer } from './pair-host.ts';

/** What came of a call that prints JSON. */
export type FarReading<Of> =
  | { readonly kind: 'read'; readonly value: Of }
  | {
      readonly kind: 'failed';
      readonly exitCode: number;
      /** One sentence. */
      readonly reason: string;
    };

/** Reads what a call printed. What does not have the shape is a failure too: another version, or another program. */
export function readFarJson<Of>(
  { exitCode, out, err }: FarAnswer,
  schema: v.GenericSchema<unknown, Of>,
): FarReading<Of> {
  if (exitCode !== 0) return { kind: 'failed', exitCode, reason: saidLast(err) };
  let value: unknown;
  try {
    value = JSON.parse(out);
  } catch {
    value = undefined;
  }
  const result = v.safeParse(schema, value);
  if (result.success) return { kind: 'read', value: result.output };
  return { kind: 'failed', exitCode: 3, reason: 'what lvstop printed there is not what this version prints' };
}

/** The last line that was said, without the program's name. */
export function saidLast(err: readonly string[]): string {
  const last = err.findLast((line) => line.trim() !== '') ?? 'it said nothing';
  return visible(last.replace(/^lvstop: /, ''));
}

/** Foreign text of one line. */
export const farText = v.pipe(
  v.string(),
  v.maxLength(65_536),
  v.transform((text) => visible(text)),
);
