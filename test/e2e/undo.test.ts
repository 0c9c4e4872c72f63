import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lvstop, openLvstop } from './lvstop.ts';
import { closeTerminals } from './terminal.ts';

const web = 'tcp:203.0.113.10:80';
const tunnelled = 'tcp:198.51.100.20:8443';

let lvstop: Lvstop;

beforeEach(async () => {
  lvstop = await openLvstop({ args: ['--demo'], columns: 140, rows: 40 });
});

afterEach(closeTerminals);

/** Waits until a cell of the table shows this. */
async function cellShows(name: string, column: string, text: string): Promise<void> {
  await lvstop.terminal.waitFor(() => lvstop.row(name)[column] === text);
}

/** Sets a weight with w. */
async function setWeight(name: string, weight: string): Promise<void> {
  await lvstop.select(name);
  lvstop.press('w', 'ctrl+u', ...weight, 'enter');
  await lvstop.waitUntilSaid(`→ ${weight}`);
  await cellShows(name, 'WEIGHT', weight);
}

describe('u', () => {
  it('says that there is nothing to undo before anything was changed', async () => {
    lvstop.press('u');
    await lvstop.waitUntilSaid('nothing to undo');
    expect(lvstop.dialog()).toBeNull();
  });

  it('shows what it does, does it with Enter, and goes back in time', async () => {
    await setWeight('10.0.0.21:8080', '7');
    await setWeight('10.0.0.22:8080', '9');
    lvstop.press('u');
    await lvstop.waitForDialog('ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.22:8080 -m -w ');
    lvstop.press('enter');
    await lvstop.waitUntilSaid(
      /✓ undone: weight \d+ → 9 on 10\.0\.0\.22:8080 .*; u again for the one before/,
    );
    lvstop.press('u');
    await lvstop.waitForDialog('weight 3 → 7');
    lvstop.press('enter');
    await cellShows('10.0.0.21:8080', 'WEIGHT', '3');
    lvstop.press('u');
    await lvstop.waitUntilSaid('nothing to undo');
  });

  it('brings back a deleted service with all its real servers', async () => {
    await lvstop.select(tunnelled);
    lvstop.press('x');
    await lvstop.waitForDialog('Delete this service?');
    lvstop.press('y');
    await lvstop.terminal.waitUntilGone('10.20.0.11:8443');
    lvstop.press('u');
    await lvstop.waitForDialog('ipvsadm -A -t 198.51.100.20:8443');
    await lvstop.waitForDialog('counters of what comes back begin at 0');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('✓ undone: delete service tcp:198.51.100.20:8443');
    await lvstop.terminal.waitFor(() => lvstop.names().includes('10.20.0.11:8443'));
  });

  it('asks with y before it deletes what was added', async () => {
    await lvstop.select(web);
    lvstop.press('r', ...'10.0.0.77:8080', 'enter');
    await lvstop.waitUntilSaid('✓ add real server 10.0.0.77:8080');
    lvstop.press('u');
    await lvstop.waitForDialog('ipvsadm -d -t 203.0.113.10:80 -r 10.0.0.77:8080');
    lvstop.press('enter');
    await lvstop.waitForDialog('y do it');
    lvstop.press('u', 'enter');
    expect(lvstop.names()).toContain('10.0.0.77:8080');
    lvstop.press('y');
    await lvstop.waitUntilSaid('✓ undone: add real server 10.0.0.77:8080');
  });

  it('leaves all as it is with Esc', async () => {
    await setWeight('10.0.0.21:8080', '7');
    lvstop.press('u');
    await lvstop.waitForDialog('weight 3 → 7');
    await lvstop.cancel();
    expect(lvstop.row('10.0.0.21:8080').WEIGHT).toBe('7');
  });
});

describe('J', () => {
  it('lists all changes, shows one in full and undoes it', async () => {
    await setWeight('10.0.0.21:8080', '7');
    await setWeight('10.0.0.22:8080', '9');
    lvstop.press('z');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');
    await lvstop.waitUntilSaid('✓ zero counters');

    lvstop.press('J');
    await lvstop.terminal.waitFor(() => /CHANGE +TIME +WHO +STATE +WHAT/.test(lvstop.terminal.text()));
    const lines = () => lvstop.terminal.screen().filter((line) => /^ [0-9a-f]{8} /.test(line));
    expect(lines()).toHaveLength(3);
    expect(lines()[0]).toMatch(/done +zero counters of service tcp:203\.0\.113\.10:80/);
    expect(lines()[2]).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .* done +weight 3 → 7 on 10\.0\.0\.21:8080/);

    lvstop.press('u');
    await lvstop.waitUntilSaid('counters that were zeroed do not come back');

    lvstop.press('end', 'enter');
    await lvstop.waitForDialog(
      '10.0.0.21:8080 of tcp:203.0.113.10:80 before NAT, weight 3 after NAT, weight 7',
    );
    await lvstop.waitForDialog('taken back by: ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 3');
    lvstop.press('u');
    await lvstop.waitForDialog('Enter undo it');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('✓ undone: weight 3 → 7');
    await lvstop.terminal.waitFor(() =>
      /undone by [0-9a-f]{8} +weight 3 → 7 on 10\.0\.0\.21/.test(lvstop.terminal.text()),
    );

    lvstop.press('escape');
    await lvstop.terminal.waitFor(() => lvstop.terminal.text().includes('SERVICE / REAL SERVER'));
    await cellShows('10.0.0.21:8080', 'WEIGHT', '3');
    expect(lvstop.row('10.0.0.22:8080').WEIGHT).toBe('9');
  });

  it('is empty at first, and open under --read-only too, where u says why not', async () => {
    await closeTerminals();
    lvstop = await openLvstop({ args: ['--demo', '--read-only'] });
    lvstop.press('u');
    await lvstop.waitUntilSaid('undo: lvstop was started with --read-only');
    lvstop.press('J');
    await lvstop.terminal.waitFor(() => lvstop.terminal.text().includes('Nothing was changed yet'));
  });
});
