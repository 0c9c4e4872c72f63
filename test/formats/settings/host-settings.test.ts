import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/formats/settings/config.ts';

const limits = {
  columns: ['name'],
  colors: [],
  commands: {},
  shortestInterval: 0.2,
  longestInterval: 60,
  leastBudget: 0.1,
  greatestBudget: 50,
};

const read = (text: string) => parseConfig(text, limits);

describe('what a configuration says of hosts', () => {
  test('is read with its groups, beside settings', () => {
    const { hosts, settings, issues } = read(
      [
        'interval = 2',
        '[hosts."lb1.example"]',
        'user = "ada"',
        'sudo = true',
        'readOnly = true',
        'color = "orange"',
        'production = true',
        '[groups]',
        'edge = ["lb1.example", "ops@lb2"]',
      ].join('\n'),
    );
    expect(issues).toEqual([]);
    expect(settings).toEqual({ interval: 2 });
    expect([...hosts.hosts]).toEqual([
      ['lb1.example', { user: 'ada', sudo: true, readOnly: true, color: 'orange', production: true }],
    ]);
    expect([...hosts.groups]).toEqual([['edge', ['lb1.example', 'ops@lb2']]]);
  });

  test.each([
    ['[hosts.lb1]\nreadonly = true', 'there is no readonly of the host "lb1"; known: user, sudo, readOnly'],
    ['[hosts.lb1]\nproduction = "yes"', 'production of the host "lb1" has to be true or false'],
    ['[hosts.lb1]\ncolor = "pink"', 'color of the host "lb1" has to be one of red, orange'],
    ['[hosts.lb1]\nuser = "-oProxyCommand=x"', 'user of the host "lb1" has to be a name'],
    ['[hosts."-oProxyCommand=x"]\nsudo = true', 'is no name of a host'],
    ['[hosts]\nlb1 = 1', 'hosts."lb1" has to be a table'],
    ['hosts = 1', 'hosts has to be a table'],
    ['[groups]\nedge = []', 'the group "edge" has to be a list of hosts'],
    ['[groups]\nedge = ["-F x"]', 'the group "edge" has to be a list of hosts'],
  ])('is an error where it is wrong: %j', (text, sentence) => {
    const { hosts, issues } = read(text);
    expect(issues).toEqual([
      { severity: 'error', key: null, line: 1, text: expect.stringContaining(sentence) },
    ]);
    expect([hosts.hosts.size, hosts.groups.size]).toEqual([0, 0]);
  });

  test('a readOnly below another header is still lost, and told', () => {
    expect(read('[other]\nreadOnly = true').issues.map(({ key }) => key)).toContain('readOnly');
  });
});
