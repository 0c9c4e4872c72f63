/** Where the values that a shell completes come from; names of a `file` the shell completes itself. */
export type ValueSource =
  | 'service'
  | 'real server'
  | 'scheduler'
  | 'change'
  | 'namespace'
  | 'host'
  | 'scene'
  | 'file';

/** An option: how it is written, what the help says of it, and how its value is read. */
export interface OptionEntry {
  /** As commander writes it: `--weight <n>`. */
  readonly flags: string;
  readonly help: string;
  /** Reads the value; throws an input `IpvsError`. Text is taken as it is where this is left out. */
  readonly read?: (text: string) => unknown;
  /** All values that there are. */
  readonly words?: readonly string[];
  /** Neither the help nor a shell tells of it: only programs give it. */
  readonly hidden?: boolean;
  /** Where a shell finds values to complete, if not among `words`. */
  readonly source?: ValueSource;
}

/** The values of options, by the names that commander makes of them; what was not given is left out. */
export type ValuesOf<Entries extends readonly OptionEntry[]> = {
  readonly [Entry in Entries[number] as NameOf<Entry['flags']>]?: ValueOf<Entry>;
};

/** `--dry-run` is `dryRun`, and `--no-journal` is `journal`, false. */
type NameOf<Flags extends string> =
  WordOf<Flags> extends `no-${infer Positive}` ? CamelCase<Positive> : CamelCase<WordOf<Flags>>;

/** `dry-run` of `-n, --dry-run <value>`. */
type WordOf<Flags extends string> = Flags extends `${string}--${infer Rest}`
  ? Rest extends `${infer Word} ${string}`
    ? Word
    : Rest
  : never;

type CamelCase<Word extends string> = Word extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<CamelCase<Rest>>}`
  : Word;

type ValueOf<Entry extends OptionEntry> = Entry extends { readonly read: (text: string) => infer Value }
  ? Value
  : Entry extends { readonly words: readonly (infer Word)[] }
    ? Word
    : Entry['flags'] extends `${string}...>`
      ? readonly string[]
      : Entry['flags'] extends `${string}>`
        ? string
        : boolean;
