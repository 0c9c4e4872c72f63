import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lvstop, openLvstop } from './lvstop.ts';
import { closeTerminals } from './terminal.ts';

const web = 'tcp:203.0.113.10:80';
const secureWeb = 'tcp:203.0.113.10:443';
const tunnelled = 'tcp:198.51.100.20:8443';
const mail = 'tcp:203.0.113.25:25';
const desktops = 'tcp:203.0.113.30:3389';

let lvstop: Lvstop;

beforeEach(async () => {
  lvstop = await openLvstop({ args: ['--demo'], columns: 120, rows: 50 });
});

afterEach(closeTerminals);

/** Waits until a cell of the table shows this. */
async function cellShows(name: string, column: string, text: string): Promise<void> {
  // A dialog may stand before the row.
  await lvstop.terminal.waitFor(() => lvstop.dialog() === null && lvstop.row(name)[column] === text);
}

describe('a weight', () => {
  it('goes up and down by one with + and -, when Enter says so', async () => {
    await lvstop.select('10.0.0.23:8080');
    lvstop.press('+');
    await lvstop.waitForDialog('now 2 new 3');
    await lvstop.waitForDialog('ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.23:8080 -m -w 3');
    expect(lvstop.row('10.0.0.23:8080').WEIGHT).toBe('2');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('✓ edit real server 10.0.0.23:8080 of tcp:203.0.113.10:80: weight 2 → 3');
    await cellShows('10.0.0.23:8080', 'WEIGHT', '3');
    await cellShows(web, 'WEIGHT', '9');

    // Further presses in the dialog go further.
    lvstop.press('-', '-', '-');
    await lvstop.waitForDialog('now 3 new 0');
    lvstop.press('-', '-', '+');
    await lvstop.waitForDialog('now 3 new 1');
    lvstop.press('enter');
    await cellShows('10.0.0.23:8080', 'WEIGHT', '1');
  });

  it('is given exactly with w, within its bounds', async () => {
    await lvstop.select('10.0.0.21:8080');
    lvstop.press('w', 'backspace');
    await lvstop.waitForDialog('no weight is given yet');
    lvstop.press('enter');
    lvstop.terminal.type('2147483648');
    await lvstop.waitForDialog(/2147483648 is .*2147483647/);
    lvstop.press('enter', ...Array<string>(6).fill('backspace'));
    await lvstop.waitForDialog('new 2147 ');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('weight 3 → 2147');
    await cellShows('10.0.0.21:8080', 'WEIGHT', '2147');
  });

  it('that is the same already is told to be', async () => {
    await lvstop.select('10.0.0.21:8080');
    lvstop.press('w');
    await lvstop.waitForDialog('nothing would change');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('nothing was changed');
  });

  it('of 0 for the last real server that takes connections is asked for with another key', async () => {
    await lvstop.select('10.0.2.11:53');
    lvstop.press('space', 'space', 'w', '0');
    await lvstop.waitForDialog('Weight of 2 real servers');
    lvstop.press('enter');
    await cellShows('10.0.2.12:53', 'WEIGHT', '0');
    lvstop.press('U');
    await lvstop.waitForSelection('10.0.2.13:53');
    lvstop.press('w', '0');
    await lvstop.waitForDialog('every new connection is rejected');
    lvstop.press('enter');
    await lvstop.waitForDialog('y do it');
    lvstop.press('enter', 'w', ' ');
    expect(lvstop.row('10.0.2.13:53').WEIGHT).toBe('1');
    lvstop.press('n');
    await lvstop.waitUntilClosed();
    expect(lvstop.row('10.0.2.13:53').WEIGHT).toBe('1');
  });

  it('of 0 for all real servers at once is asked for just the same', async () => {
    await lvstop.select('10.0.2.11:53');
    lvstop.press('space', 'space', 'space', 'w', '0');
    await lvstop.waitForDialog('Weight of 3 real servers');
    await lvstop.waitForDialog('every new connection is rejected');
    lvstop.press('enter');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');
    await lvstop.waitUntilSaid('weight 1 → 0, and 2 more');
    await cellShows('udp:203.0.113.53:53', 'WEIGHT', '0');
  });

  it('belongs to real servers: on a service the keys mean all of them, after a look', async () => {
    await lvstop.select(web);
    for (const [key, line] of [
      ['+', '-r 10.0.0.23:8080 -m -w 3'],
      ['-', '-r 10.0.0.23:8080 -m -w 1'],
    ] as const) {
      lvstop.press(key);
      await lvstop.waitForDialog('Weight of 4 real servers of tcp:203.0.113.10:80');
      await lvstop.waitForDialog(line);
      await lvstop.cancel();
    }
    await cellShows('10.0.0.23:8080', 'WEIGHT', '2');
  });
});

describe('the scheduler', () => {
  it('is chosen from a list with s, on the service or one of its real servers', async () => {
    await lvstop.select('10.0.0.21:8080');
    lvstop.press('s');
    await lvstop.waitForDialog('Scheduler of tcp:203.0.113.10:80');
    await lvstop.waitForDialog('● wrr');
    lvstop.press('down', 'down');
    await lvstop.waitForDialog('ipvsadm -E -t 203.0.113.10:80 -s wlc');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('✓ edit service tcp:203.0.113.10:80: scheduler wrr → wlc');
    await cellShows(web, 'SCHED', 'wlc');
  });

  it('takes flags along that the other has too', async () => {
    await lvstop.select('fwm:7');
    lvstop.press('s');
    await lvstop.waitForDialog('● sh');
    lvstop.press('down');
    await lvstop.waitForDialog('ipvsadm -E -f 7 -s mh -b mh-fallback');
    await lvstop.cancel();
    expect(lvstop.row('fwm:7').SCHED).toBe('sh');
  });
});

describe('the mode', () => {
  it('of one real server is switched with m, here to the port of its service, and asked for', async () => {
    await lvstop.select('10.0.0.23:8080');
    lvstop.press('m');
    await lvstop.waitForDialog('● nat');
    lvstop.press('down', 'down');
    await lvstop.waitForDialog('ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.23:80 -g -w 2');
    await lvstop.waitForDialog('ipvsadm -d -t 203.0.113.10:80 -r 10.0.0.23:8080');
    await lvstop.waitForDialog(/connections of 10\.0\.0\.23:8080 are silently dropped/);
    await lvstop.waitForDialog(/arp_ignore=1/);
    lvstop.press('enter');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');
    await lvstop.waitUntilSaid(
      '✓ add real server 10.0.0.23:80 of tcp:203.0.113.10:80: DR, weight 2, and 1 more',
    );
    await lvstop.terminal.waitUntilGone('10.0.0.23:8080');
    expect(lvstop.row('10.0.0.23:80')).toMatchObject({ MODE: 'DR', WEIGHT: '2' });
    expect(lvstop.row(web).MODE).toBe('mixed');
  });

  it('of all real servers of a service is switched at once', async () => {
    await lvstop.select(secureWeb);
    lvstop.press('m');
    await lvstop.waitForDialog('Mode of all 4 real servers of tcp:203.0.113.10:443');
    lvstop.press('up');
    await lvstop.waitForDialog('TUN needs a tunnel device');
    lvstop.press('enter');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');
    await lvstop.waitUntilSaid('forwarding DR → TUN, and 3 more');
    await cellShows(secureWeb, 'MODE', 'TUN');
    expect(lvstop.row('10.0.1.31:443')).toMatchObject({ MODE: 'TUN', WEIGHT: '4' });
  });

  it('of tagged real servers is switched, and of no other', async () => {
    await lvstop.select('10.0.1.31:443');
    lvstop.press('space', 'space', 'm');
    await lvstop.waitForDialog('Mode of 2 tagged');
    lvstop.press('up');
    await lvstop.waitForDialog('TUN needs a tunnel device');
    lvstop.press('enter');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');
    await lvstop.waitUntilSaid('forwarding DR → TUN, and 1 more');
    await cellShows(secureWeb, 'MODE', 'mixed');
    expect(lvstop.row('10.0.1.31:443').MODE).toBe('TUN');
    expect(lvstop.row('10.0.1.32:443').MODE).toBe('TUN');
    expect(lvstop.row('10.0.1.33:443').MODE).toBe('DR');
  });

  it('needs real servers', async () => {
    lvstop.press('a');
    lvstop.terminal.type('tcp:192.0.2.1:80');
    await lvstop.waitForDialog('ipvsadm -A -t 192.0.2.1:80 -s wlc');
    await lvstop.waitForDialog('192.0.2.1 is no address of this machine');
    lvstop.press('enter');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');
    await lvstop.terminal.waitFor('tcp:192.0.2.1:80');
    await lvstop.waitForSelection('tcp:192.0.2.1:80');
    lvstop.press('m');
    await lvstop.waitUntilSaid('the service has no real servers yet');
  });
});

describe('a new object', () => {
  it('is a service with a, all of it in one form', async () => {
    lvstop.press('a');
    await lvstop.waitForDialog('Add a service');
    lvstop.press('ctrl+u');
    lvstop.terminal.type('udp:[2001:db8::9]:5060');
    lvstop.press('tab', 's', 'tab');
    lvstop.terminal.type('120');
    lvstop.press('tab');
    lvstop.terminal.type('64');
    lvstop.press('tab');
    lvstop.terminal.type('sip');
    await lvstop.waitForDialog('ipvsadm -A -u [2001:db8::9]:5060 -s sed -p 120 -M 64 --pe sip');
    lvstop.press('enter');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');
    await lvstop.waitUntilSaid('✓ add service udp:[2001:db8::9]:5060: s');
    await lvstop.waitForSelection('udp:[2001:db8::9]:5060');
  });

  it('is a real server with r, in the mode of its neighbours', async () => {
    await lvstop.select('10.0.1.33:443');
    lvstop.press('r');
    await lvstop.waitForDialog('Add real servers to tcp:203.0.113.10:443');
    lvstop.terminal.paste('10.0.1.35\n');
    lvstop.press('down', 'down', 'backspace', '0');
    await lvstop.waitForDialog('ipvsadm -a -t 203.0.113.10:443 -r 10.0.1.35:443 -g -w 0');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('✓ add real server 10.0.1.35:443 of tcp:203.0.113.10:443: DR, weight 0');
    await lvstop.waitForSelection('10.0.1.35:443');
    expect(lvstop.row('10.0.1.35:443')).toMatchObject({ MODE: 'DR', WEIGHT: '0' });
  });

  it('that is there already with other settings is refused, and nothing is changed', async () => {
    await lvstop.select(secureWeb);
    lvstop.press('r');
    lvstop.terminal.type('10.0.1.31');
    await lvstop.waitForDialog(/✗ .*already/);
    lvstop.press('enter');
    await lvstop.waitForDialog(/✗ .*already/);
    await lvstop.cancel();
    expect(lvstop.row('10.0.1.31:443').WEIGHT).toBe('4');
  });

  it('under DR on another port than its service is refused with reason and advice', async () => {
    await lvstop.select(secureWeb);
    lvstop.press('r');
    lvstop.terminal.type('10.0.1.36:8443');
    await lvstop.waitForDialog(
      'DR does not map ports: packets would reach 10.0.1.36 on port 443, not on port 8443',
    );
    await lvstop.waitForDialog('give 10.0.1.36:443, or choose nat');
    lvstop.press('enter');
    await lvstop.waitForDialog('give 10.0.1.36:443, or choose nat');
    await lvstop.cancel();
    expect(lvstop.names()).not.toContain('10.0.1.36:8443');
  });
});

describe('the form of e', () => {
  it('changes any field of a real server and leaves the others alone', async () => {
    await lvstop.select('10.0.3.25:25');
    lvstop.press('e');
    await lvstop.waitForDialog('Edit 10.0.3.25:25 of tcp:203.0.113.25:25');
    lvstop.press('tab', 'ctrl+u', '5', 'tab', 'ctrl+u');
    lvstop.terminal.type('3000');
    await lvstop.waitForDialog('ipvsadm -e -t 203.0.113.25:25 -r 10.0.3.25:25 -m -w 5 -x 3000 -y 1600');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('weight 1 → 5, upper threshold 2000 → 3000');
    await cellShows('10.0.3.25:25', 'WEIGHT', '5');
  });

  it('changes any field of a service and leaves the others alone', async () => {
    await lvstop.select(desktops);
    lvstop.press('e');
    await lvstop.waitForDialog('Edit tcp:203.0.113.30:3389');
    lvstop.press('down', 'ctrl+u');
    lvstop.terminal.type('600');
    await lvstop.waitForDialog('ipvsadm -E -t 203.0.113.30:3389 -s lc -p 600 -M 255.255.255.0');
    lvstop.press('enter');
    await lvstop.waitUntilSaid(/persistence 300 s .*→ 600 s/);
  });

  it('explains a field that does not fit, and takes the mode only with a port that fits', async () => {
    await lvstop.select('10.0.3.26:25');
    lvstop.press('e', 'down', 'down', 'down', 'ctrl+u');
    lvstop.terminal.type('9999');
    await lvstop.waitForDialog(/✗ .*lower/);
    lvstop.press('enter');
    await lvstop.waitForDialog(/✗ .*lower/);
    await lvstop.cancel();

    await lvstop.select('10.0.0.21:8080');
    lvstop.press('e', 'right');
    await lvstop.waitForDialog('TUN does not map ports');
    await lvstop.waitForDialog('switch the mode instead (key m');
    await lvstop.cancel();
    expect(lvstop.row('10.0.0.21:8080').MODE).toBe('NAT');
  });
});

describe('deleting', () => {
  it('a real server with x says what it costs and is done by y alone', async () => {
    await lvstop.select('10.0.0.22:8080');
    lvstop.press('x');
    await lvstop.waitForDialog('Delete this real server?');
    await lvstop.waitForDialog('ipvsadm -d -t 203.0.113.10:80 -r 10.0.0.22:8080');
    await lvstop.waitForDialog('silently dropped');
    lvstop.press('x', 'enter', 'n');
    await lvstop.waitUntilClosed();
    expect(lvstop.names()).toContain('10.0.0.22:8080');

    lvstop.press('delete');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');
    await lvstop.waitUntilSaid('✓ delete real server 10.0.0.22:8080 of tcp:203.0.113.10:80');
    // The cursor is on what took its place.
    await lvstop.terminal.waitFor(() => !lvstop.names().includes('10.0.0.22:8080'));
    expect(lvstop.selected()).toBe('10.0.0.23:8080');
  });

  it('a service takes its real servers along', async () => {
    await lvstop.select(tunnelled);
    lvstop.press('x');
    await lvstop.waitForDialog('Delete this service?');
    lvstop.press('y');
    await lvstop.waitUntilSaid('✓ delete service tcp:198.51.100.20:8443 with 3 real servers');
    await lvstop.terminal.waitUntilGone('10.20.0.11:8443');
  });
});

describe('zeroing', () => {
  it('with z is asked for, and done for one service', async () => {
    await lvstop.select(mail);
    lvstop.press('z');
    await lvstop.waitForDialog('Zero the counters of this service?');
    await lvstop.waitForDialog('ipvsadm -Z -t 203.0.113.25:25');
    lvstop.press('y');
    await lvstop.waitUntilSaid('✓ zero counters of service tcp:203.0.113.25:25');
  });

  it('with Z is for all', async () => {
    lvstop.press('Z');
    await lvstop.waitForDialog('Zero the counters of all services?');
    lvstop.press('y');
    await lvstop.waitUntilSaid('✓ zero all counters');
  });
});

describe('Esc', () => {
  it.each([
    ['+', 'now 3 new 4', []],
    ['-', 'now 3 new 2', []],
    ['w', 'now 3 new 7', ['7']],
    ['s', '-s rr', ['up']],
    ['m', '-i -w 3', ['down']],
    ['a', '-A -t 192.0.2.7:80', [...'tcp:192.0.2.7:80']],
    ['r', '-r 10.0.0.77:80', [...'10.0.0.77']],
    ['e', '-w 35', ['down', '5']],
    ['x', '-d -t 203.0.113.10:80', []],
    ['z', '-Z -t 203.0.113.10:80', []],
    ['Z', 'ipvsadm -Z', []],
  ])('leaves everything as it was after %s', async (key, preview, keys) => {
    await lvstop.select('10.0.0.21:8080');
    const settings = () => lvstop.rows().map((row) => [row.MODE, row.SCHED, row.WEIGHT]);
    const names = lvstop.names();
    const before = settings();
    lvstop.press(key);
    await lvstop.terminal.waitFor(() => lvstop.dialog() !== null);
    lvstop.press(...keys);
    await lvstop.waitForDialog(preview);
    await lvstop.cancel();

    // Another reading has come.
    lvstop.press('d', 'enter');
    await lvstop.waitUntilClosed();
    expect(lvstop.names()).toEqual(names);
    expect(settings()).toEqual(before);
    expect(lvstop.terminal.text()).not.toContain('✓');
  });

  it('is Ctrl-C too, which does not leave the program then', async () => {
    await lvstop.select('10.0.0.21:8080');
    lvstop.press('x');
    await lvstop.waitForDialog('y do it');
    lvstop.press('ctrl+c');
    await lvstop.waitUntilClosed();
    expect(lvstop.names()).toContain('10.0.0.21:8080');
  });
});
