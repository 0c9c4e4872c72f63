/** The saved table on the real kernel: the screen tells what is not saved, and S saves what ipvsadm makes again. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lvstop, openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals } from '../e2e/terminal.ts';
import { flush, inner, ipvsadm, ipvsadmRestore, ipvsadmSave, vip } from './guest.ts';

const place = '/etc/ipvsadm.rules';
let lvstop: Lvstop;

beforeAll(async () => {
  rmSync(place, { force: true });
  await flush();
  await ipvsadm('-A', '-t', `${vip.nat}:80`, '-s', 'wrr');
  await ipvsadm('-a', '-t', `${vip.nat}:80`, '-r', `${inner.rs1}:8080`, '-m', '-w', '3');
  await ipvsadm('-a', '-t', `${vip.nat}:80`, '-r', `${inner.rs2}:8080`, '-m', '-x', '900', '-y', '800');
  lvstop = await openLvstop({ columns: 120, patience: 20_000 });
});
afterAll(async () => {
  await closeTerminals();
  rmSync(place, { force: true });
  rmSync(`${place}.previous`, { force: true });
});

async function save(): Promise<void> {
  lvstop.press('S');
  await lvstop.waitForDialog('Enter save it');
  lvstop.press('enter');
  await lvstop.waitUntilSaid(`saved to ${place}`);
}

test('nothing is said where nothing is saved; S saves what ipvsadm -R makes the same table of', async () => {
  expect(lvstop.header()).not.toContain('not saved');
  await save();
  expect(statSync(place).mode & 0o777).toBe(0o600);
  const before = await ipvsadmSave();
  const limits = await ipvsadm('-L', '-n', '--thresholds');
  const text = readFileSync(place, 'utf8');
  await flush();
  await ipvsadmRestore(text);
  expect(await ipvsadmSave()).toBe(before);
  expect(await ipvsadm('-L', '-n', '--thresholds')).toBe(limits);
});

test('an edit by another hand counts until it is taken back', async () => {
  await ipvsadm('-e', '-t', `${vip.nat}:80`, '-r', `${inner.rs1}:8080`, '-m', '-w', '9');
  await lvstop.terminal.waitFor(() => lvstop.header().includes('1 change not saved, S saves'));
  await ipvsadm('-e', '-t', `${vip.nat}:80`, '-r', `${inner.rs1}:8080`, '-m', '-w', '3');
  await lvstop.terminal.waitFor(() => !lvstop.header().includes('not saved'));
});

test('so does a file that is another one, and what it was stays beside what S saves', async () => {
  writeFileSync(place, '-A -f 7 -s rr\n');
  await lvstop.terminal.waitFor(() => lvstop.header().includes('4 changes not saved, S saves'));
  lvstop.press('S');
  await lvstop.waitForDialog('- -A -f 7 -s rr');
  await lvstop.cancel();
  expect(readFileSync(place, 'utf8')).toBe('-A -f 7 -s rr\n');
  await save();
  expect(readFileSync(`${place}.previous`, 'utf8')).toBe('-A -f 7 -s rr\n');
  await lvstop.terminal.waitFor(() => !lvstop.header().includes('not saved'));
});

test('a file that is no table is not replaced', async () => {
  writeFileSync(place, 'Dear diary\n');
  await lvstop.terminal.waitFor(() => !lvstop.header().includes('not saved'));
  lvstop.press('S');
  await lvstop.waitForDialog(`✗ ${place}`);
  expect(lvstop.dialogText()).not.toContain('save it');
  lvstop.press('enter');
  await lvstop.waitUntilClosed();
  expect(readFileSync(place, 'utf8')).toBe('Dear diary\n');
  expect(existsSync(`${place}.previous`)).toBe(true);
});
