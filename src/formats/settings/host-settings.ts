import * as v from 'valibot';
import { visible } from '../../ipvs/visible.ts';

/** Colours that a host can have in the header, so that nobody takes one for another. */
export const hostColors = ['red', 'orange', 'yellow', 'green', 'cyan', 'violet'] as const;
/** One of `hostColors`. */
export type HostColor = (typeof hostColors)[number];

/** What the configuration says of a host that `--host` reaches. */
export interface HostSettings {
  /** Whom ssh logs in as. */
  readonly user?: string;
  /** Whether lvstop is run by sudo there. */
  readonly sudo?: boolean;
  /** Whether nothing can be edited there from here. */
  readonly readOnly?: boolean;
  readonly color?: HostColor;
  /** Whether its screen has a frame that nobody overlooks, and edits ask for its name. */
  readonly production?: boolean;
}

/** What a configuration says of other hosts: `[hosts."lb1.example"]` and `[groups]`. */
export interface KnownHosts {
  readonly hosts: ReadonlyMap<string, HostSettings>;
  /** Hosts of a group, at least one. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** A configuration that says nothing of other hosts. */
export const noKnownHosts: KnownHosts = { hosts: new Map(), groups: new Map() };

/** The tables of the configuration that are about hosts. */
export const hostTables = ['hosts', 'groups'] as const;
/** One of `hostTables`. */
export type HostTable = (typeof hostTables)[number];

/** Keys of a host with what may be given. */
const hostKeys: Readonly<Record<keyof HostSettings, string>> = {
  user: 'a name',
  sudo: 'true or false',
  readOnly: 'true or false',
  color: `one of ${hostColors.join(', ')}`,
  production: 'true or false',
};

const hostSchema = v.strictObject({
  user: v.optional(v.pipe(v.string(), v.regex(/^[\w.][\w.@\\-]*$/))),
  sudo: v.optional(v.boolean()),
  readOnly: v.optional(v.boolean()),
  color: v.optional(v.picklist(hostColors)),
  production: v.optional(v.boolean()),
});

/** A name that ssh takes for a host and not for an option. */
const name = v.pipe(v.string(), v.regex(/^[\w.:%[\]@][\w.:%[\]@-]*$/));

/**
 * Reads a table about hosts as TOML gives it. An entry that has something wrong is left out whole, with a sentence in
 * `problems`.
 */
export function readHostTable(
  table: HostTable,
  value: unknown,
): { readonly known: KnownHosts; readonly problems: readonly string[] } {
  const entries = v.safeParse(v.record(v.string(), v.unknown()), value);
  if (!entries.success)
    return { known: noKnownHosts, problems: [`${table} has to be a table, like ${examples[table]}`] };
  const hosts = new Map<string, HostSettings>();
  const groups = new Map<string, readonly string[]>();
  const problems: string[] = [];
  for (const [key, one] of Object.entries(entries.output)) {
    if (!v.is(name, key)) problems.push(`"${visible(key)}" of ${table} is no name of a host`);
    else if (table === 'hosts') {
      const read = v.safeParse(hostSchema, one);
      if (read.success) hosts.set(key, withoutUndefined(read.output));
      else problems.push(...hostProblems(key, one));
    } else {
      const read = v.safeParse(v.pipe(v.array(name), v.minLength(1)), one);
      if (read.success) groups.set(key, read.output);
      else problems.push(`the group "${visible(key)}" has to be a list of hosts: ["lb1", "lb2"]`);
    }
  }
  return { known: { hosts, groups }, problems };
}

const examples: Readonly<Record<HostTable, string>> = {
  hosts: '[hosts."lb1.example"]',
  groups: '[groups]',
};

function hostProblems(host: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`hosts."${host}" has to be a table`];
  const wrong = Object.entries(value).flatMap(([key, one]) => {
    const allowed = (hostKeys as Readonly<Record<string, string | undefined>>)[key];
    if (allowed === undefined) {
      const known = Object.keys(hostKeys).join(', ');
      return [`there is no ${visible(key)} of the host "${host}"; known: ${known}`];
    }
    return v.safeParse(hostSchema, { [key]: one }).success
      ? []
      : [`${key} of the host "${host}" has to be ${allowed}`];
  });
  return wrong;
}

function withoutUndefined(settings: v.InferOutput<typeof hostSchema>): HostSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
