import { parse, TomlError, type TomlTable } from 'smol-toml';
import * as v from 'valibot';
import { IpvsError } from '../../../ipvs/error.ts';
import { visible } from '../../../ipvs/visible.ts';
import type { Scene } from './scene.ts';
import { networkOf } from './scene-network.ts';
import { sceneSchema } from './scene-schema.ts';
import { siteOf } from './scene-site.ts';
import { StatementPlaces } from './statement-places.ts';

/**
 * Reads a scene; `name` is what an error calls it. Throws an input `IpvsError` that names the line and the key of the
 * first thing that is wrong, and what may stand there.
 */
export function readScene(name: string, text: string): Scene {
  const table = tableOf(name, text);
  const read = v.safeParse(sceneSchema, table);
  if (!read.success) throw wrongPart(name, text, read.issues);
  const { about, seed, machine } = read.output;
  const at = (place: readonly (string | number)[], error: unknown) => {
    if (!(error instanceof IpvsError)) return error;
    return wrong(name, text, place, error.reason, error.advice);
  };
  const site = siteOf(read.output, at);
  return { about: visible(about), seed, site, network: networkOf(read.output, site), machine };
}

/** The `about` of a scene that is known to be valid, without checking the rest of it. */
export function sentenceOf(name: string, text: string): string {
  return visible(String(tableOf(name, text).about));
}

function tableOf(name: string, text: string): TomlTable {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw IpvsError.input(
      'bad-content',
      'read the scene',
      `${name}, line ${error.line}`,
      `this is no TOML: ${first}`,
      'see docs/demo.md for how a scene is written',
    );
  }
}

function wrongPart(
  name: string,
  text: string,
  [issue, ...others]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
): IpvsError {
  const place = (issue.path ?? []).flatMap(({ key }) =>
    typeof key === 'string' || typeof key === 'number' ? [key] : [],
  );
  const more = others.length === 0 ? '' : `; ${others.length} more is wrong`;
  const last = place.at(-1);
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return wrong(name, text, place, `there is no key "${last}" here`, `leave it out${more}`);
  if (issue.received === 'undefined')
    return wrong(name, text, place, 'it is missing', `give it as docs/demo.md has it${more}`);
  return wrong(name, text, place, `it is ${issue.received.slice(0, 60)}`, `give ${wanted(issue)}${more}`);
}

/** What is allowed: the schema's message says it, but for tables and lists, whose message is valibot's own. */
function wanted({ type, message }: v.BaseIssue<unknown>): string {
  return type === 'strict_object' ? 'a table' : type === 'array' ? 'a list' : message;
}

function wrong(
  name: string,
  text: string,
  place: readonly (string | number)[],
  reason: string,
  advice: string,
): IpvsError {
  const line = new StatementPlaces(text).lineOf(place);
  const key = place.map((part) => (typeof part === 'number' ? `[${part + 1}]` : part)).join('.');
  const what = key === '' ? '' : `, ${visible(key).replaceAll('.[', '[')}`;
  return IpvsError.input('bad-content', 'read the scene', `${name}, line ${line}${what}`, reason, advice);
}
