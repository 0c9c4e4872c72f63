/** The screen on the real kernel, with ipvsadm as the witness: what a key writes, and that it writes nothing else. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Lvstop, openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals } from '../e2e/terminal.ts';
import { flush, ipvsadm, ipvsadmRestore, ipvsadmSave } from './guest.ts';

const web = 'tcp:10.0.0.100:80';
const tunnelled = 'tcp:10.0.0.101:80';
const direct = 'tcp:10.0.0.102:80';
const names = 'udp:10.0.0.103:53';

/** A table in which every setting is set somewhere, so that each can be lost. */
const everything = `
-A -t 10.0.0.100:80 -s wrr
-a -t 10.0.0.100:80 -r 10.1.0.21:8080 -m -w 3 -x 1000 -y 800
-a -t 10.0.0.100:80 -r 10.1.0.22:8080 -m -w 2 -x 500
-A -t 10.0.0.101:80 -s wlc -p 300 -M 255.255.255.0
-a -t 10.0.0.101:80 -r 10.0.0.21:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum -x 70
-a -t 10.0.0.101:80 -r 10.0.0.22:80 -i -w 4 --tun-type gre --tun-csum -x 90 -y 60
-A -t 10.0.0.102:80 -s sh -b sh-fallback,sh-port
-a -t 10.0.0.102:80 -r 10.0.0.21:80 -g -w 1 -x 50 -y 20
-a -t 10.0.0.102:80 -r 10.0.0.22:80 -g -w 1
-A -u 10.0.0.103:53 -s rr -o
-a -u 10.0.0.103:53 -r 10.0.0.21:53 -g -w 1
-A -t 10.0.0.104:25 -s lc -p 60
-a -t 10.0.0.104:25 -r 10.1.0.21:2525 -m -w 1 -x 30 -y 10
-a -t 10.0.0.104:25 -r 10.1.0.22:2525 -m -w 7
`;

const everythingLines = everything.trim().split('\n');

let lvstop: Lvstop;

beforeAll(async () => {
  lvstop = await openLvstop({ rows: 40 });
});

beforeEach(async () => {
  // What a test before left open or tagged; the cursor goes to the first row.
  lvstop.press('escape');
  await lvstop.waitUntilClosed();
  await flush();
  await lvstop.terminal.waitFor('There is no virtual service yet.');
  await ipvsadmRestore(everything);
  await lvstop.terminal.waitFor(() => lvstop.names().length === everythingLines.length);
  lvstop.press('U', 'g');
  await lvstop.waitForSelection(web);
});

afterAll(closeTerminals);

/** The whole table as `ipvsadm -Sn` tells it, with the thresholds, which that leaves out. */
async function table(): Promise<string[]> {
  const thresholds = new Map<string, string>();
  let service = '';
  for (const line of (await ipvsadm('-Ln', '--thresholds')).split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '->') {
      const [, realServer, upper, lower] = words;
      thresholds.set(
        `${service} -r ${realServer}`,
        `${upper === '0' ? '' : ` -x ${upper}`}${lower === '0' ? '' : ` -y ${lower}`}`,
      );
    } else service = `-${words[0]?.charAt(0).toLowerCase()} ${words[1]}`;
  }
  return (await ipvsadmSave())
    .split('\n')
    .map((line) => `${line}${thresholds.get(/-[tu] \S+ -r \S+/.exec(line)?.[0] ?? '') ?? ''}`);
}

/** What stands in the table after the action and did not before, and the other way round. */
async function changes(action: () => Promise<void>): Promise<{ gone: string[]; came: string[] }> {
  const before = await table();
  await action();
  const after = await table();
  return {
    gone: before.filter((line) => !after.includes(line)),
    came: after.filter((line) => !before.includes(line)),
  };
}

/** Opens the dialog of a key. */
async function open(key: string, title: string): Promise<void> {
  lvstop.press(key);
  await lvstop.waitForDialog(title);
}

/** Waits until the dialog announces this, says yes with these keys, and waits until it is said to be done. */
async function confirm(preview: string, said: string, ...keys: string[]): Promise<void> {
  await lvstop.waitForDialog(preview);
  for (const key of keys) {
    if (key === 'y') await lvstop.waitForDialog('y do it');
    lvstop.press(key);
  }
  await lvstop.waitUntilSaid(`✓ ${said}`);
}

describe('a key changes on the kernel what it says, and nothing else', () => {
  test('+ and - the weight, with tunnel and thresholds left as they are', async () => {
    await lvstop.select('10.0.0.21:80', tunnelled);
    expect(
      await changes(async () => {
        await open('+', 'Weight of 10.0.0.21:80');
        await confirm(
          'now 1 new 2',
          'edit real server 10.0.0.21:80 of tcp:10.0.0.101:80: weight 1 → 2',
          'enter',
        );
      }),
    ).toEqual({
      gone: [
        '-a -t 10.0.0.101:80 -r 10.0.0.21:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum -x 70',
      ],
      came: [
        '-a -t 10.0.0.101:80 -r 10.0.0.21:80 -i -w 2 --tun-type gue --tun-port 6080 --tun-remcsum -x 70',
      ],
    });

    await lvstop.select('10.1.0.21:8080');
    expect(
      await changes(async () => {
        await open('-', 'Weight of 10.1.0.21:8080');
        lvstop.press('-');
        await confirm('now 3 new 1', 'edit real server 10.1.0.21:8080', 'enter');
      }),
    ).toEqual({
      gone: ['-a -t 10.0.0.100:80 -r 10.1.0.21:8080 -m -w 3 -x 1000 -y 800'],
      came: ['-a -t 10.0.0.100:80 -r 10.1.0.21:8080 -m -w 1 -x 1000 -y 800'],
    });
  });

  test('w the weight exactly, of several that are tagged', async () => {
    await lvstop.select('10.0.0.21:80', direct);
    lvstop.press('space', 'space');
    await lvstop.waitUntilSaid('2 tagged');
    expect(
      await changes(async () => {
        await open('w', 'Weight of 2 real servers');
        lvstop.terminal.type('65535');
        await confirm('-w 65535', 'edit real server 10.0.0.21:80', 'enter');
      }),
    ).toEqual({
      gone: [
        '-a -t 10.0.0.102:80 -r 10.0.0.21:80 -g -w 1 -x 50 -y 20',
        '-a -t 10.0.0.102:80 -r 10.0.0.22:80 -g -w 1',
      ],
      came: [
        '-a -t 10.0.0.102:80 -r 10.0.0.21:80 -g -w 65535 -x 50 -y 20',
        '-a -t 10.0.0.102:80 -r 10.0.0.22:80 -g -w 65535',
      ],
    });
    lvstop.press('U');
    await lvstop.terminal.waitUntilGone('tagged');
  });

  test('s the scheduler, with persistence left, and flags taken along where the other has them', async () => {
    await lvstop.select(tunnelled);
    expect(
      await changes(async () => {
        await open('s', '● wlc');
        lvstop.press('up');
        await confirm('-s lc', 'edit service tcp:10.0.0.101:80: scheduler wlc → lc', 'enter');
      }),
    ).toEqual({
      gone: ['-A -t 10.0.0.101:80 -s wlc -p 300 -M 255.255.255.0'],
      came: ['-A -t 10.0.0.101:80 -s lc -p 300 -M 255.255.255.0'],
    });

    await lvstop.select(direct);
    expect(
      await changes(async () => {
        await open('s', '● sh');
        lvstop.press('down');
        await confirm('-s mh -b mh-fallback,mh-port', 'edit service tcp:10.0.0.102:80', 'enter');
      }),
    ).toEqual({
      gone: ['-A -t 10.0.0.102:80 -s sh -b sh-fallback,sh-port'],
      came: ['-A -t 10.0.0.102:80 -s mh -b mh-fallback,mh-port'],
    });
  });

  test('s a scheduler that this kernel lacks is refused with its reason, and nothing is written', async () => {
    await lvstop.select(names);
    expect(
      await changes(async () => {
        await open('s', '● rr');
        lvstop.press('end');
        await lvstop.waitForDialog('-s twos');
        lvstop.press('enter');
        await lvstop.waitUntilSaid(/✗ edit service udp:10\.0\.0\.103:53: .*twos/);
      }),
    ).toEqual({ gone: [], came: [] });
  });

  test('m the mode of one real server in its place', async () => {
    await lvstop.select('10.0.0.22:80', direct);
    expect(
      await changes(async () => {
        await open('m', 'Mode of 10.0.0.22:80');
        lvstop.press('up', 'up');
        await confirm('-m -w 1', 'edit real server 10.0.0.22:80 of tcp:10.0.0.102:80', 'enter', 'y');
      }),
    ).toEqual({
      gone: ['-a -t 10.0.0.102:80 -r 10.0.0.22:80 -g -w 1'],
      came: ['-a -t 10.0.0.102:80 -r 10.0.0.22:80 -m -w 1'],
    });
  });

  test('m the mode of one that needs another port: added there, and then deleted here', async () => {
    await lvstop.select('10.1.0.21:2525');
    expect(
      await changes(async () => {
        await open('m', 'Mode of 10.1.0.21:2525');
        lvstop.press('end');
        await confirm('-r 10.1.0.21:25 -g -w 1', 'add real server 10.1.0.21:25', 'enter', 'y');
      }),
    ).toEqual({
      gone: ['-a -t 10.0.0.104:25 -r 10.1.0.21:2525 -m -w 1 -x 30 -y 10'],
      came: ['-a -t 10.0.0.104:25 -r 10.1.0.21:25 -g -w 1 -x 30 -y 10'],
    });
    await lvstop.terminal.waitFor(() => lvstop.names().includes('10.1.0.21:25'));
  });

  test('m the mode of all real servers of a service', async () => {
    await lvstop.select(web);
    expect(
      await changes(async () => {
        await open('m', 'Mode of all 2 real servers');
        lvstop.press('down');
        await confirm('-r 10.1.0.22:80 -i -w 2', 'add real server 10.1.0.21:80', 'enter', 'y');
      }),
    ).toEqual({
      gone: [
        '-a -t 10.0.0.100:80 -r 10.1.0.21:8080 -m -w 3 -x 1000 -y 800',
        '-a -t 10.0.0.100:80 -r 10.1.0.22:8080 -m -w 2 -x 500',
      ],
      came: [
        '-a -t 10.0.0.100:80 -r 10.1.0.21:80 -i -w 3 --tun-type ipip -x 1000 -y 800',
        '-a -t 10.0.0.100:80 -r 10.1.0.22:80 -i -w 2 --tun-type ipip -x 500',
      ],
    });
  });

  test('e every field of a service', async () => {
    await lvstop.select(tunnelled);
    expect(
      await changes(async () => {
        await open('e', 'Edit tcp:10.0.0.101:80');
        lvstop.press('home', 's', 'down', 'ctrl+u');
        await lvstop.waitForDialog('scheduler ‹ s');
        lvstop.terminal.type('7200');
        lvstop.press('down', 'ctrl+u');
        lvstop.terminal.type('255.255.0.0');
        await lvstop.waitForDialog('-p 7200 -M 255.255.0.0');
        await confirm('-p 7200 -M 255.255.0.0', 'edit service tcp:10.0.0.101:80', 'enter');
      }),
    ).toEqual({
      gone: ['-A -t 10.0.0.101:80 -s wlc -p 300 -M 255.255.255.0'],
      came: ['-A -t 10.0.0.101:80 -s sed -p 7200 -M 255.255.0.0'],
    });
  });

  test('e every field of a real server', async () => {
    await lvstop.select('10.0.0.22:80', tunnelled);
    expect(
      await changes(async () => {
        await open('e', 'Edit 10.0.0.22:80 of tcp:10.0.0.101:80');
        lvstop.press('down', 'ctrl+u', '9', 'down', 'ctrl+u', '8', '0', 'down', 'ctrl+u', '4', '0');
        lvstop.press('down', 'left', 'down', 'ctrl+u');
        lvstop.terminal.type('5555');
        lvstop.press('down', 'right');
        await confirm(
          '-i -w 9 --tun-type gue --tun-port 5555 --tun-remcsum -x 80 -y 40',
          'edit real server 10.0.0.22:80',
          'enter',
        );
      }),
    ).toEqual({
      gone: ['-a -t 10.0.0.101:80 -r 10.0.0.22:80 -i -w 4 --tun-type gre --tun-csum -x 90 -y 60'],
      came: [
        '-a -t 10.0.0.101:80 -r 10.0.0.22:80 -i -w 9 --tun-type gue --tun-port 5555 --tun-remcsum -x 80 -y 40',
      ],
    });
  });

  test('a a service, and r a real server of it', async () => {
    expect(
      await changes(async () => {
        await open('a', 'Add a service');
        lvstop.terminal.type('udp:[2001:db8::53]:53');
        lvstop.press('down', 'r', 'down', 'down', 'down', 'down', 'right');
        await confirm('-A -u [2001:db8::53]:53 -s rr -o', 'add service udp:[2001:db8::53]:53', 'enter', 'y');
        await lvstop.waitForSelection('udp:[2001:db8::53]:53');
        await open('r', 'Add real servers to udp:[2001:db8::53]:53');
        lvstop.terminal.paste('[fd00::21]');
        lvstop.press('down', 'left');
        await confirm('-r [fd00::21]:53 -i -w 1 --tun-type ipip', 'add real server [fd00::21]:53', 'enter');
        await lvstop.waitForSelection('[fd00::21]:53');
      }),
    ).toEqual({
      gone: [],
      came: [
        '-A -u [2001:db8::53]:53 -s rr -o',
        '-a -u [2001:db8::53]:53 -r [fd00::21]:53 -i -w 1 --tun-type ipip',
      ],
    });
  });

  test('x a real server, and a service with all of its', async () => {
    await lvstop.select('10.1.0.22:2525');
    expect(
      await changes(async () => {
        await open('x', 'Delete this real server?');
        await confirm('-d -t 10.0.0.104:25 -r 10.1.0.22:2525', 'delete real server 10.1.0.22:2525', 'y');
      }),
    ).toEqual({ gone: ['-a -t 10.0.0.104:25 -r 10.1.0.22:2525 -m -w 7'], came: [] });

    await lvstop.select(names);
    expect(
      await changes(async () => {
        await open('x', 'Delete this service?');
        await confirm('-D -u 10.0.0.103:53', 'delete service udp:10.0.0.103:53 with 1 real server', 'y');
      }),
    ).toEqual({
      gone: ['-A -u 10.0.0.103:53 -s rr -o', '-a -u 10.0.0.103:53 -r 10.0.0.21:53 -g -w 1'],
      came: [],
    });
  });

  test('x a service with more real servers than one datagram holds, and u brings all of them back', async () => {
    await ipvsadmRestore(
      Array.from({ length: 98 }, (_, host) => `-a -t 10.0.0.104:25 -r 10.3.0.${host + 1}:2525 -m -w 1`).join(
        '\n',
      ),
    );
    await lvstop.select('tcp:10.0.0.104:25');
    const before = await table();
    await open('x', 'Delete this service?');
    await confirm('-D -t 10.0.0.104:25', 'delete service tcp:10.0.0.104:25 with 100 real servers', 'y');
    expect((await table()).filter((line) => line.includes('10.0.0.104:25'))).toEqual([]);
    await open('u', 'Undo');
    await lvstop.waitForDialog('-A -t 10.0.0.104:25');
    lvstop.press('enter');
    await lvstop.waitUntilSaid(/✓ undone: delete service tcp:10\.0\.0\.104:25/);
    expect(await table()).toEqual(before);
  });

  test('z the counters of a service, and Z all, which changes no setting', async () => {
    await lvstop.select(web);
    expect(
      await changes(async () => {
        await open('z', 'Zero the counters of this service?');
        await confirm('-Z -t 10.0.0.100:80', 'zero counters of service tcp:10.0.0.100:80', 'y');
        await open('Z', 'Zero the counters of all services?');
        await confirm('ipvsadm -Z', 'zero all counters', 'y');
      }),
    ).toEqual({ gone: [], came: [] });
  });
});

describe('two at once', () => {
  /** Edits the first real server of `web` as another hand does. */
  const otherHand = (...settings: string[]) =>
    ipvsadm('-e', '-t', '10.0.0.100:80', '-r', '10.1.0.21:8080', '-m', ...settings);

  test('a weight that goes up by one starts from what another hand sets meanwhile', async () => {
    await lvstop.select('10.1.0.21:8080');
    await open('+', 'now 3 new 4');
    await otherHand('-w', '10', '-x', '77');
    await lvstop.waitForDialog('now 10 new 11');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('weight 10 → 11');
    expect(await table()).toContain('-a -t 10.0.0.100:80 -r 10.1.0.21:8080 -m -w 11 -x 77');
  });

  test('a form keeps what another hand sets in other fields, and tells of what it sets in the same', async () => {
    await lvstop.select('10.1.0.21:8080');
    await open('e', 'Edit 10.1.0.21:8080');
    lvstop.press('down', 'ctrl+u', '5');
    await lvstop.waitForDialog('-w 5 -x 1000 -y 800');
    await otherHand('-w', '20', '-x', '99');
    await lvstop.waitForDialog('▲ changed meanwhile from 3 to 20');
    await lvstop.waitForDialog('-w 5 -x 99');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('weight 20 → 5');
    expect(await table()).toContain('-a -t 10.0.0.100:80 -r 10.1.0.21:8080 -m -w 5 -x 99');
  });

  test('a plan that waits for its answer is not carried out on what has become another table', async () => {
    await lvstop.select(web);
    await open('x', 'Delete this service?');
    await ipvsadm('-a', '-t', '10.0.0.100:80', '-r', '10.1.0.23:8080', '-m');
    const before = await table();
    lvstop.press('y');
    await lvstop.waitUntilSaid(
      /✗ delete service tcp:10\.0\.0\.100:80: it was changed meanwhile.*nothing was written/,
    );
    expect(await table()).toEqual(before);
  });

  test('what another hand deletes under an open dialog is said, and does not come back', async () => {
    await lvstop.select('10.1.0.21:8080');
    await open('e', 'Edit 10.1.0.21:8080');
    lvstop.press('down', 'ctrl+u', '5');
    await lvstop.waitForDialog('-w 5');
    await ipvsadm('-d', '-t', '10.0.0.100:80', '-r', '10.1.0.21:8080');
    await lvstop.waitForDialog('✗');
    const before = await table();
    lvstop.press('enter');
    await lvstop.cancel();
    expect(await table()).toEqual(before);
  });

  test('nothing is lost between two readings either: the last word is the kernel’s', async () => {
    // A minute between readings: the dialog shows what was, and Enter comes sooner than the next reading.
    lvstop.press('d');
    await lvstop.waitForDialog('Refresh interval');
    lvstop.press('ctrl+u', '6', '0', 'enter');
    await lvstop.terminal.waitFor('● live 60s');
    await lvstop.select('10.1.0.21:8080');
    await open('+', 'now 3 new 4');
    await otherHand('-w', '40', '-x', '44');
    const before = await table();
    lvstop.press('enter');
    await lvstop.waitUntilSaid(/✗ .*it was changed meanwhile.*weight 3.*weight 40.*nothing was written/);
    expect(await table()).toEqual(before);
    // What is shown now is the present, although the next reading is far.
    await lvstop.terminal.waitFor(() => lvstop.row('10.1.0.21:8080').WEIGHT === '40');
    lvstop.press('d');
    await lvstop.waitForDialog('Refresh interval');
    lvstop.press('ctrl+u', '1', 'enter');
    await lvstop.terminal.waitFor('● live 1s');
  });
});

describe('leaving', () => {
  test('gives the terminal back whole, with the table as it was', async () => {
    const before = await table();
    await lvstop.select(web);
    await open('x', 'y do it');
    await lvstop.terminal.signal('SIGTERM');
    const end = await lvstop.terminal.ended();
    expect(end).toMatchObject({ code: 143, lineAfter: end.lineBefore });
    expect(lvstop.terminal.modes()).toMatchObject({ alternateScreen: false, cursorVisible: true });
    expect(await table()).toEqual(before);
  });
});
