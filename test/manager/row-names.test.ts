import { expect, test } from 'vitest';
import { formatService, parseRealServer, parseService, realServerKey } from '../../src/ipvs/identity.ts';
import { readManagedConfiguration } from '../../src/manager/managed-configuration.ts';
import { configuredNames, hostNames, RowNames } from '../../src/manager/row-names.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { keepalivedWith } from './configured.ts';

const text = `# Two services.

! The shop
virtual_server 192.0.2.10 80 {
  protocol TCP
  virtualhost shop.example
  # web-21
  real_server 10.0.0.21 80 {
  }
  # -----
  real_server 10.0.0.22 80 {
    virtualhost two.example
  }
  real_server 10.0.0.23 80 {
  }
}
virtual_server 192.0.2.11 80 {
  protocol TCP
  virtualhost other.example
  real_server 10.0.0.23 80 {
  }
}
`;
const shop = parseService('tcp:192.0.2.10:80');
const key = (real: string) => realServerKey(shop, parseRealServer(real));

test('names are the operator’s own, else of the configuration, else of /etc/hosts', () => {
  const configured = allAtOnce(configuredNames(readManagedConfiguration(keepalivedWith(text))));
  const hosts = hostNames(
    '127.0.0.1 localhost\n10.0.0.23\tweb-23 web # old\n10.0.0.21 hidden\n# 10.0.0.9 no\n',
  );
  const names = new RowNames({ '10.0.0.22:80': 'mine', '192.0.2.11': 'by address' }, configured, hosts);
  const of = (real: string) => names.of(key(real), real, real.split(':')[0] ?? null);
  expect(['10.0.0.21:80', '10.0.0.22:80', '10.0.0.23:80', '10.0.0.24:80'].map(of)).toEqual([
    'web-21',
    'mine',
    'web-23',
    '',
  ]);
  expect(names.of(formatService(shop), 'tcp:192.0.2.10:80', '192.0.2.10')).toBe('The shop');
  const other = parseService('tcp:192.0.2.11:80');
  expect(names.of(formatService(other), 'tcp:192.0.2.11:80', '192.0.2.11')).toBe('by address');
  expect(names.withOwn({}).of(formatService(other), 'tcp:192.0.2.11:80', '192.0.2.11')).toBe('other.example');
  expect(names.withOwn({}).of(key('10.0.0.22:80'), '10.0.0.22:80', '10.0.0.22')).toBe('two.example');
});
