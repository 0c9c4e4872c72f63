/** Labels by which Prometheus tells directors apart. */
export type TargetLabels = Readonly<Record<string, string>>;

/** What a director is called, and what ssh calls it. */
export interface TargetName {
  readonly name: string;
  readonly host: string | null;
}

/**
 * A key that is the same for the same target, whichever order its labels come in. `names` are the labels that count.
 */
export function targetKey(labels: TargetLabels, names: ReadonlySet<string>): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([name]) => names.has(name))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

/**
 * Names of targets by their keys: the host of `instance`, or the director's own host name where `instance` means the
 * local machine, as behind an agent; with more of the labels where two would be called the same.
 */
export function targetNames(
  targets: ReadonlyMap<string, { readonly labels: TargetLabels; readonly hostName: string | null }>,
): ReadonlyMap<string, TargetName> {
  const named = [...targets].map(([key, { labels, hostName }]) => ({
    key,
    labels,
    host: hostOf(labels.instance ?? '') ?? hostName,
  }));
  const shown = new Map<string, TargetName>();
  const taken = counted(named.map(({ host, key }) => host ?? key));
  const instances = counted(named.map(({ labels }) => labels.instance ?? ''));
  for (const { key, labels, host } of named) {
    const { instance = '', job = '' } = labels;
    const isAlone = host !== null && taken.get(host) === 1;
    const whole = instances.get(instance) === 1 ? instance : `${instance} ${job}`.trim();
    shown.set(key, { name: isAlone ? host : whole || key, host });
  }
  return shown;
}

/** The host of `lb1.example:9753`, `[2001:db8::1]:9753` or `lb1`; `null` where it names no other machine. */
export function hostOf(instance: string): string | null {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(instance)?.[1];
  const host = bracketed ?? instance.replace(/:\d+$/, '');
  const isOther =
    /^[\w.:%-]+$/.test(host) && !/^-|^(?:localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0)$/.test(host);
  return isOther ? host : null;
}

function counted(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** A value of a label as a quoted string of PromQL. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Values of a label as a quoted regular expression of PromQL that matches each of them whole. */
export function quotedAnyOf(values: readonly string[]): string {
  return quoted(values.map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'));
}
