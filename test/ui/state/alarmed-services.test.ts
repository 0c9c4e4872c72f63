import { describe, expect, it } from 'vitest';
import type { Finding, Subject } from '../../../src/doctor/finding.ts';
import type { Severity } from '../../../src/forwarding/diagnosis.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { alarmedServices } from '../../../src/ui/state/alarmed-services.ts';
import { real, service } from '../fixed-view.ts';

const keyOf = (index: number) => `tcp:192.0.2.${index}:80`;
const ofService = (index: number): Subject => ({ kind: 'service', service: parseService(keyOf(index)) });
const ofRealServer = (index: number): Subject => ({
  kind: 'real server',
  service: parseService(keyOf(index)),
  realServer: parseRealServer('10.0.0.1:8080'),
});

function finding(subject: Subject, severity: Severity = 'error'): Finding {
  return { check: 'some', severity, subject, lookedAt: '', found: '', matters: '', mend: [] };
}

/** The first `count` services, each with so many real servers. */
function services(count: number, realServers = 1) {
  return Array.from({ length: count }, (_, index) =>
    service(
      keyOf(index + 1),
      {},
      Array.from({ length: realServers }, (_, server) => real(`10.0.${server >> 8}.${server & 255}:8080`)),
    ),
  );
}

describe('services that something is wrong with', () => {
  it('are those of errors and warnings about them or their real servers, each once', () => {
    const findings = [
      finding({ kind: 'director' }),
      finding(ofRealServer(4)),
      finding(ofService(2), 'warning'),
      finding(ofService(4), 'warning'),
      finding(ofService(3), 'hint'),
    ];
    expect([...alarmedServices(findings, services(5))]).toEqual([keyOf(4), keyOf(2)]);
  });

  it('are none that are gone', () => {
    expect(alarmedServices([finding(ofService(9))], services(5)).size).toBe(0);
  });

  it('are the gravest where they are too many to be read with each refresh', () => {
    const few = [finding(ofService(200)), finding(ofService(150))];
    const many = Array.from({ length: 199 }, (_, index) => finding(ofService(index + 1), 'warning'));
    const alarmed = [...alarmedServices([...few, ...many], services(200, 9))];
    expect(alarmed.slice(0, 2)).toEqual([keyOf(200), keyOf(150)]);
    expect(alarmed).toHaveLength(50);
  });

  it('make room for a small one where a large one is too much', () => {
    const [large] = services(1, 600);
    const [, small] = services(2);
    expect([...alarmedServices([finding(ofService(1)), finding(ofService(2))], [large!, small!])]).toEqual([
      keyOf(2),
    ]);
  });
});
