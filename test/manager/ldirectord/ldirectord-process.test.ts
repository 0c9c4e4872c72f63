import { expect, test } from 'vitest';
import { configurationName } from '../../../src/manager/ldirectord/ldirectord-process.ts';

test.each([
  ['/usr/bin/perl -w /usr/sbin/ldirectord -d /srv/lb.cf start', '/srv/lb.cf'],
  ['/usr/bin/perl -w /usr/sbin/ldirectord web start', 'web'],
  ['/usr/bin/perl -w /usr/sbin/ldirectord start', 'ldirectord.cf'],
])('%s reads %s', (line, name) => expect(configurationName(line.split(' '))).toBe(name));
