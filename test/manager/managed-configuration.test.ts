import { utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  hasItsFiles,
  hasItsIncludes,
  readingManagedConfiguration,
  readManagedConfiguration,
} from '../../src/manager/managed-configuration.ts';
import { configuredNames } from '../../src/manager/row-names.ts';
import { inTurns, Turns } from '../../src/system/turns.ts';
import { keepalivedWith } from './configured.ts';

const service = (address: string) =>
  `virtual_server ${address} 80 {\nprotocol TCP\n# web\nreal_server 10.0.0.21 80 {\nweight 1\n}\n}\n`;

test('a long configuration is read turn by turn, names included', async () => {
  const text = Array.from({ length: 1000 }, (_, index) => service(`192.0.${index >> 8}.${index & 255}`)).join(
    '',
  );
  const keepalived = keepalivedWith(text);
  let now = 0;
  let turns = 0;
  const pace = {
    // Each look at the clock finds a slice used up.
    now: () => (now += 10),
    turn: () => {
      turns++;
      return Promise.resolve();
    },
  };
  const managed = await inTurns(readingManagedConfiguration(keepalived), new Turns(pace));
  expect(managed.reading).toEqual(readManagedConfiguration(keepalived).reading);
  // 7000 lines, gone through three times: as words, as services, as a table.
  expect(turns).toBeGreaterThan(100);
  turns = 0;
  const names = await inTurns(configuredNames(managed), new Turns(pace));
  expect(names.size).toBe(1000);
  expect(turns).toBeGreaterThan(10);
});

test('what was read stands until a file changes, or an include names another', () => {
  const keepalived = keepalivedWith('include *.inc\n', { 'one.inc': service('192.0.2.10') });
  const folder = dirname(keepalived.file);
  const managed = readManagedConfiguration(keepalived);
  const stands = () => [hasItsFiles(managed), hasItsIncludes(managed)];
  expect(stands()).toEqual([true, true]);
  writeFileSync(join(folder, 'two.inc'), service('192.0.2.11'));
  expect(stands()).toEqual([true, false]);
  utimesSync(join(folder, 'one.inc'), 1, 1);
  expect(stands()).toEqual([false, false]);
});
