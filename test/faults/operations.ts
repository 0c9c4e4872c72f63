/** What lvstop is asked to do while something goes wrong: the table before, the command, and the table after it. */

/** One command, and what is true before and after it. Tables are lines of `ipvsadm -Sn`. */
export interface Operation {
  readonly name: string;
  /** Whether it changes the table, or only writes a file. */
  readonly kind: 'change' | 'save';
  readonly before: string;
  /** Commands that are done before, undisturbed. */
  readonly earlier: readonly string[];
  /** The command that is disturbed. `FILES` stands for the folder of saved tables. */
  readonly command: string;
  readonly after: string;
  /** The table when all that lvstop has recorded was taken back. */
  readonly undone: string;
  /** Contents of `FILES/table.rules` before; none where it is left out. */
  readonly file?: string;
}

const web = `-A -t 10.1.1.1:80 -s rr
-a -t 10.1.1.1:80 -r 10.9.0.1:80 -m -w 1
-a -t 10.1.1.1:80 -r 10.9.0.2:80 -m -w 2`;

/** The same with another weight. */
const heavier = web.replace('10.9.0.1:80 -m -w 1', '10.9.0.1:80 -m -w 9');

const dns = `-A -t 10.1.1.3:53 -s wlc
-a -t 10.1.1.3:53 -r 10.9.0.7:53 -m -w 4`;

/** More steps than one request to the kernel holds, of several kinds. */
const many = [
  web,
  ...Array.from({ length: 40 }, (_, index) => [
    `-A -t 10.1.2.${index + 1}:80 -s wlc`,
    ...[1, 2].map((last) => `-a -t 10.1.2.${index + 1}:80 -r 10.9.1.${last}:80 -m -w ${index + 1}`),
  ]).flat(),
].join('\n');

export const operations: readonly Operation[] = [
  {
    name: 'edit',
    kind: 'change',
    before: web,
    earlier: [],
    command: 'weight tcp:10.1.1.1:80 10.9.0.1 9',
    after: heavier,
    undone: web,
  },
  {
    name: 'delete',
    kind: 'change',
    before: `${web}\n${dns}`,
    earlier: [],
    command: 'delete service tcp:10.1.1.1:80 --yes',
    after: dns,
    undone: `${web}\n${dns}`,
  },
  {
    name: 'undo',
    kind: 'change',
    before: heavier,
    earlier: ['weight tcp:10.1.1.1:80 10.9.0.1 9'],
    command: 'undo --yes',
    after: web,
    undone: web,
  },
  {
    name: 'apply',
    kind: 'change',
    before: `${web}\n${dns}`,
    earlier: [],
    command: 'apply FILES/table.rules --prune --yes',
    after: many,
    undone: `${web}\n${dns}`,
    file: `${many}\n`,
  },
  {
    name: 'drain',
    kind: 'change',
    before: web,
    earlier: [],
    command: 'drain tcp:10.1.1.1:80 10.9.0.1:80 --delete --yes',
    after: web.replace(/\n.*10\.9\.0\.1.*/, ''),
    undone: web,
  },
  {
    name: 'save',
    kind: 'save',
    before: web,
    earlier: [],
    command: 'save FILES/table.rules',
    after: web,
    undone: web,
    file: `${dns}\n`,
  },
];
