/** A line of a log, as far as it is keepalived's. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The process that wrote it. */
  readonly pid: number;
  readonly text: string;
}

const day = 86_400_000;
const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';

/** syslog as RFC 3164 has it, `Dec  1 06:17:06 HOST Keepalived_vrrp[940]: TEXT`, without a year. */
const classicLine = new RegExp(
  `^((?:${months}) [ \\d]\\d) (\\d\\d:\\d\\d:\\d\\d) \\S+ Keepalived(?:_\\w+)?\\[(\\d+)\\]: (.*)$`,
);
/** syslog with the time as RFC 3339 has it. */
const exactLine =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) \S+ Keepalived(?:_\w+)?\[(\d+)\]: (.*)$/;

/** Reads a line of a syslog's file; `undefined` where it is none of keepalived's. `now` gives the year that is not written. */
export function readLogLine(line: string, now: number): LogLine | undefined {
  const exact = exactLine.exec(line);
  if (exact !== null) {
    const [, time = '', pid, text = ''] = exact;
    return { time: Date.parse(time), pid: Number(pid), text };
  }
  const classic = classicLine.exec(line);
  if (classic !== null) {
    const [, date = '', clock = '', pid, text = ''] = classic;
    const year = new Date(now).getFullYear();
    const time = Date.parse(`${date} ${year} ${clock}`);
    // A line that seems to be of the future is one of last year.
    const written = time > now + day ? Date.parse(`${date} ${year - 1} ${clock}`) : time;
    return { time: written, pid: Number(pid), text };
  }
  return undefined;
}
