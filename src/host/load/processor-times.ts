/** What one processor, or all together, spent its time on since the machine started, in clock ticks. */
export interface ProcessorTimes {
  /** Includes the time of virtual machines. */
  readonly user: number;
  /** Includes that of niced virtual machines. */
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly ioWait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
}

/** `/proc/stat`, what concerns processors. */
export interface ProcessorReading {
  readonly all: ProcessorTimes;
  /** Those online, by the kernel's number. */
  readonly cores: ReadonlyMap<number, ProcessorTimes>;
}

/** Reads `/proc/stat`; `null` when it has no line for all processors. Fields that old kernels lack are 0. */
export function parseProcessorTimes(text: string): ProcessorReading | null {
  let all: ProcessorTimes | null = null;
  const cores = new Map<number, ProcessorTimes>();
  let start = 0;
  // The processors come first; the rest, interrupts by the thousand, is not worth splitting into lines.
  while (text.startsWith('cpu', start)) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const [label = '', ...fields] = text.slice(start, end).trim().split(/ +/);
    const number = label.slice('cpu'.length);
    if (number === '') all = toTimes(fields);
    else if (/^\d+$/.test(number)) cores.set(Number(number), toTimes(fields));
    start = end + 1;
  }
  return all === null ? null : { all, cores };
}

function toTimes(fields: readonly string[]): ProcessorTimes {
  const at = (index: number) => {
    const ticks = Number(fields[index]);
    return Number.isFinite(ticks) ? ticks : 0;
  };
  return {
    user: at(0),
    nice: at(1),
    system: at(2),
    idle: at(3),
    ioWait: at(4),
    irq: at(5),
    softirq: at(6),
    steal: at(7),
  };
}
