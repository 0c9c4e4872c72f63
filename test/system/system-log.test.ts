import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { formatSyslogMessage, writeSystemLog } from '../../src/system/system-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'lvstop-log-'));
let listener: ChildProcess | undefined;
afterAll(() => {
  listener?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** A log that prints the first datagram that it is sent; Node cannot listen for those itself. */
const program = `
use Socket;
socket(my $log, AF_UNIX, SOCK_DGRAM, 0) or die;
bind($log, sockaddr_un($ARGV[0])) or die;
$| = 1; print "ready\\n";
recv($log, my $message, 4096, 0); print $message;
`;

describe('the system log', () => {
  test('takes a line as the C library would write it', () => {
    expect(formatSyslogMessage('weight 3 → 0', new Date(2026, 0, 7, 14, 3, 5), 4711)).toBe(
      '<29>Jan  7 14:03:05 lvstop[4711]: weight 3 → 0',
    );
    expect(formatSyslogMessage('x'.repeat(5000), new Date(), 1).length).toBeLessThan(1100);
  });

  test('gets it as one datagram', async () => {
    const path = join(folder, 'log');
    const perl = spawn('perl', ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    listener = perl;
    let printed = '';
    perl.stdout.on('data', (text) => {
      printed += text;
    });
    await once(perl.stdout, 'data');
    expect(writeSystemLog('change deadbeef: weight 3 → 0', path)).toBe(true);
    await once(perl, 'close');
    expect(printed).toMatch(
      /^ready\n<29>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d lvstop\[\d+\]: change deadbeef: weight 3 → 0$/,
    );
  });

  test('may be missing', () => {
    expect(writeSystemLog('nobody hears this', join(folder, 'none'))).toBe(false);
    expect(writeSystemLog('nobody hears this', `/${'x'.repeat(200)}`)).toBe(false);
  });
});
