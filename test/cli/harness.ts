import type { Journal } from '../../src/changes/journal/journal.ts';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Account } from '../../src/cli/context/account.ts';
import type { Clock } from '../../src/cli/context/clock.ts';
import type { PrintedTerminal } from '../../src/cli/context/console.ts';
import type { CommandContext, DirectorChoice } from '../../src/cli/context/context.ts';
import type { Director, PublicDirector } from '../../src/director/director.ts';
import { missingRightError } from '../../src/director/kernel-error.ts';
import type { Network } from '../../src/forwarding/network.ts';
import type { MachineSampler } from '../../src/host/machine/machine.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import type { KeepalivedProcess } from '../../src/manager/keepalived/keepalived-process.ts';
import type { LdirectordProcess } from '../../src/manager/ldirectord/ldirectord-process.ts';

/** What a call of the program printed, and how it ended. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** How a call is answered. */
export interface Surroundings {
  /** Stands in for this machine's director. */
  readonly director?: Director;
  /** Stands in for the director's network and the rest of its machine; the demo's where it is left out. */
  readonly network?: Network;
  readonly machine?: MachineSampler;
  /** Stands in for what everybody may read of it, the right to it being missing. */
  readonly publicDirector?: PublicDirector;
  /** Answer to the question of a terminal; without it there is none. */
  readonly answer?: boolean;
  /** The terminal that is printed on; without it there is none. */
  readonly terminal?: PrintedTerminal;
  /** Cells of the terminal that errors are told on; without it there is none. */
  readonly errColumns?: number;
  readonly debug?: boolean;
  /** Where changes are recorded; nowhere that stays where it is left out. */
  readonly openJournal?: () => Journal;
  /** Whose configuration counts; one without any unless said otherwise. */
  readonly account?: Account;
  /** What waiting commands wait by; the machine's own unless said otherwise. */
  readonly clock?: Clock;
  /** The keepalived that keeps the table; none where it is left out. */
  readonly keepalived?: KeepalivedProcess | (() => KeepalivedProcess | undefined);
  /** What lasting changes are made with in place of keepalived's own program and signals. */
  readonly lastingTools?: CommandContext['lastingTools'];
  /** The addresses of the machine; its own where they are left out. */
  readonly heldAddresses?: () => ReadonlySet<string>;
  /** What takes back a change that is not confirmed; nothing can where it is left out. */
  readonly armUndo?: CommandContext['armUndo'];
  /** Milliseconds since 1970; the machine's own unless said otherwise. */
  readonly now?: () => number;
  /** The ldirectord that keeps the table; none where it is left out. */
  readonly ldirectord?: LdirectordProcess;
  /** How keepalived's own word is come by; it has no log where that is left out. */
  readonly keepalivedTools?: CommandContext['keepalivedTools'];
  /** Hears which director was asked for. */
  readonly onOpen?: (choice: DirectorChoice) => void;
}

const noLog = { kind: 'unread', reason: 'the test has none' } as const;
const homeless: Account = { userId: 1000, home: null, environment: {} };

/** Calls the command line in this process. The director stays open, so that what was written can be looked at. */
export async function lvstop(argv: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const {
    director,
    publicDirector,
    answer,
    debug = false,
    account = homeless,
    clock,
    onOpen,
    openJournal,
  } = surroundings;
  const { network = createSimulatedNetwork(), machine = createSimulatedMachine() } = surroundings;
  const keepalived = typeof surroundings.keepalived === 'function' ? undefined : surroundings.keepalived;
  let out = '';
  let err = '';
  const exitCode = await runCommandLine(
    {
      console: {
        out: (text) => {
          out += text;
        },
        err: (line) => {
          err += `${line}\n`;
        },
        errColumns: surroundings.errColumns,
        ...(surroundings.terminal !== undefined && { terminal: surroundings.terminal }),
        confirm:
          answer === undefined
            ? null
            : (question) => {
                err += `${question}\n`;
                return Promise.resolve(answer);
              },
      },
      openDirector: (choice) => {
        onOpen?.(choice);
        if (publicDirector !== undefined) throw missingRightError('read IPVS information');
        if (director === undefined) throw new Error('the test has no director');
        return Promise.resolve(keptOpen(director));
      },
      openNetwork: () => Promise.resolve(network),
      openMachine: () => Promise.resolve(machine),
      ...(publicDirector !== undefined && { openPublicDirector: () => Promise.resolve(publicDirector) }),
      findKeepalived:
        typeof surroundings.keepalived === 'function' ? surroundings.keepalived : () => keepalived,
      ...(surroundings.lastingTools !== undefined && { lastingTools: surroundings.lastingTools }),
      findLdirectord: () => surroundings.ldirectord,
      keepalivedTools: surroundings.keepalivedTools ?? { readLog: () => Promise.resolve(noLog) },
      account,
      openJournal: openJournal ?? (() => createMemoryJournal()),
      ...(clock !== undefined && { clock }),
      ...(surroundings.heldAddresses && { heldAddresses: surroundings.heldAddresses }),
      ...(surroundings.armUndo && { armUndo: surroundings.armUndo }),
      ...(surroundings.now && { now: surroundings.now }),
    },
    argv,
    debug,
  );
  return { exitCode, out, err };
}

/** The words of a command, split at blanks. */
export function words(line: string): string[] {
  return line.split(' ').filter((word) => word !== '');
}

function keptOpen(director: Director): Director {
  return new Proxy(director, {
    get(target, key) {
      if (key === 'close') return () => {};
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
