import { expect, test } from 'vitest';
import { nothingListens as check } from '../../../src/doctor/checks/nothing-listens.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { type SiteChange, site, told } from '../evidence.ts';

const routes = { '10.0.0.1': { kind: 'local', link: 'lo' } } as const;

function found(forwarding: 'nat' | 'dr', listeners: SiteChange['listeners']): string[] {
  const port = forwarding === 'nat' ? 8080 : 80;
  const services = [service('tcp:203.0.113.10:80', {}, [real(`10.0.0.1:${port}`, { forwarding })])];
  const change = { services, routes, ...(listeners && { listeners }) };
  return told(check.find(site({ mode: forwarding, family: 'inet' }, change)));
}

test.each([
  ['dr', [], 1],
  ['dr', ['10.0.0.1'], 1],
  ['dr', ['203.0.113.10'], 0],
  ['dr', ['0.0.0.0'], 0],
  ['dr', ['::'], 0],
  ['nat', ['10.0.0.1'], 0],
  ['nat', ['203.0.113.10'], 1],
  ['nat', undefined, 0],
] as const)('the director as its own real server by %s, programs on %j', (forwarding, listeners, count) => {
  expect(found(forwarding, listeners)).toHaveLength(count);
});

test('other machines are not looked at', () => {
  expect(check.find(site({ mode: 'dr', family: 'inet' }, { listeners: [] }))).toEqual([]);
});
