import type { FindingCount, VrrpRole } from '../../formats/metrics/measured.ts';
import type { DirectorSummary, Load, SummarizedService } from '../../formats/summary.ts';
import { changesWindow, type Told } from './director-queries.ts';
import type { Sample } from './prometheus-api.ts';
import { type TargetLabels, targetKey } from './target-names.ts';

/** Answers to `directorQueries`. */
export type Answers = Readonly<Record<Told, readonly Sample[]>>;

/** What Prometheus tells of a director at one moment. */
export interface ToldDirector {
  readonly labels: TargetLabels;
  readonly reading: Omit<DirectorSummary, 'time' | 'findings'> & {
    readonly findings: readonly FindingCount[] | null;
  };
  /** Seconds since the epoch by the clock over there: when the table was read, or when that was heard of, whichever is earlier. */
  readonly readAt: number;
  readonly changes: { readonly count: number; readonly span: number } | null;
}

/** Puts together what single answers tell, by the keys of the directors; `names` are the labels that tell these apart. */
export function toldDirectors(
  answers: Answers,
  names: ReadonlySet<string>,
): ReadonlyMap<string, ToldDirector> {
  const byKey = (samples: readonly Sample[]) => grouped(samples, names);
  const one = (told: Told) => {
    const groups = byKey(answers[told]);
    return (key: string): number | null => {
      const value = groups.get(key)?.[0]?.value;
      return value === undefined || !Number.isFinite(value) ? null : value;
    };
  };
  const [scraped, read, looked] = [one('scraped'), one('read'), one('looked')];
  const [frozen, services, realServers] = [one('frozen'), one('services'), one('realServers')];
  const loads = {
    active: one('active'),
    inactive: one('inactive'),
    connections: one('connections'),
    inBytes: one('inBytes'),
    outBytes: one('outBytes'),
  };
  const [hash, changes] = [one('hash'), one('changes')];
  const infos = byKey(answers.info);
  const findings = byKey(answers.findings);
  const roles = byKey(answers.vrrp);
  const told = new Map<string, ToldDirector>();
  for (const [key, [sample]] of byKey(answers.up)) {
    if (sample === undefined) continue;
    const info = infos.get(key)?.[0]?.labels ?? {};
    const isLost = sample.value === 0;
    const heard = scraped(key);
    const count = changes(key);
    told.set(key, {
      labels: restricted(sample.labels, names),
      readAt: Math.min(heard ?? Number.POSITIVE_INFINITY, read(key) ?? Number.POSITIVE_INFINITY),
      changes: count === null ? null : { count, span: changesWindow * 1000 },
      reading: {
        // Where the target has a label of the same name, Prometheus renames the exporter's to `exported_…`.
        hostName: info.exported_host ?? info.host ?? '',
        source: info.exported_source ?? info.source ?? '',
        access: info.exported_access ?? info.access ?? '',
        state: isLost ? 'lost' : frozen(key) === 1 ? 'frozen-counters' : 'live',
        error: isLost ? 'lvstop export there cannot read IPVS (lvstop_up is 0)' : null,
        errorCode: null,
        serviceCount: services(key),
        realServerCount: realServers(key),
        load: loadFrom((name) => loads[name](key)),
        configurationHash: hash(key),
        findings: looked(key) === null ? null : (findings.get(key) ?? []).flatMap(findingOf),
        vrrp: roles.get(key)?.map(roleOf) ?? null,
        services: null,
      },
    });
  }
  return told;
}

/** Answers to `serviceQueries`. */
export type ServiceAnswers = Readonly<
  Record<'info' | 'realServers' | 'withWeight' | keyof Load, readonly Sample[]>
>;

/** The services of directors, by the directors' keys. */
export function toldServices(
  answers: ServiceAnswers,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly SummarizedService[]> {
  const values = (samples: readonly Sample[]) =>
    new Map(
      samples.map(({ labels, value }) => [serviceKey(labels, names), Number.isFinite(value) ? value : null]),
    );
  const [realServers, withWeight] = [values(answers.realServers), values(answers.withWeight)];
  const loads = {
    active: values(answers.active),
    inactive: values(answers.inactive),
    connections: values(answers.connections),
    inBytes: values(answers.inBytes),
    outBytes: values(answers.outBytes),
  };
  const services = new Map<string, SummarizedService[]>();
  for (const { labels } of answers.info) {
    const key = serviceKey(labels, names);
    const director = targetKey(labels, names);
    const own = services.get(director) ?? [];
    services.set(director, own);
    own.push({
      id: labels.service ?? '',
      scheduler: labels.scheduler ?? '',
      realServers: realServers.get(key) ?? 0,
      withWeight: withWeight.get(key) ?? 0,
      load: loadFrom((name) => loads[name].get(key) ?? null),
    });
  }
  for (const own of services.values()) own.sort((left, right) => natural.compare(left.id, right.id));
  return services;
}

const natural = new Intl.Collator('en', { numeric: true });

/** Names of the labels by which directors are told apart: those of the targets themselves. */
export function labelNames(samples: readonly Sample[]): ReadonlySet<string> {
  return new Set(samples.flatMap(({ labels }) => Object.keys(labels).filter((name) => name !== '__name__')));
}

function loadFrom(value: (name: keyof Load) => number | null): Load {
  return {
    active: value('active'),
    inactive: value('inactive'),
    connections: value('connections'),
    inBytes: value('inBytes'),
    outBytes: value('outBytes'),
  };
}

function serviceKey(labels: TargetLabels, names: ReadonlySet<string>): string {
  return `${targetKey(labels, names)}\n${labels.service ?? ''}`;
}

function grouped(
  samples: readonly Sample[],
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = targetKey(sample.labels, names);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return groups;
}

function restricted(labels: TargetLabels, names: ReadonlySet<string>): TargetLabels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.has(name)));
}

function findingOf({ labels: { check, severity }, value }: Sample): FindingCount[] {
  return check === undefined || severity === undefined || !(value > 0)
    ? []
    : [{ check, severity, count: value }];
}

function roleOf({ labels: { vrrp = '', state = '' } }: Sample): VrrpRole {
  return { name: vrrp, state };
}
