/** Changes of large services through the codec, on a kernel that ends a dump as the real one does. */

import { describe, expect, test } from 'vitest';
import { createMemoryJournal } from '../../../src/changes/journal/memory-journal.ts';
import { performJournalled } from '../../../src/changes/journal/perform-journalled.ts';
import type { Intention } from '../../../src/changes/plan/intention.ts';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import { planLastUndo } from '../../../src/changes/undo/plan-undo.ts';
import { allRealServers, allServices, type Director } from '../../../src/director/director.ts';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { formatRealServer } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { IpvsClient } from '../../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { addRealServer, addService } from '../../director/table-edits.ts';
import { fakeIpvs } from '../../netlink/fake-ipvs.ts';
import { real, web } from '../table.ts';

function directorWith(realServers: number): Director {
  const kernel = fakeIpvs();
  const director = openKernelDirector(new IpvsClient(() => new NetlinkSocket(kernel.open())));
  addService(director, { identity: web, ...defaultServiceSettings });
  for (let index = 0; index < realServers; index++) {
    const identity = real(`10.${1 + (index >> 8)}.0.${index & 255}:80`);
    addRealServer(director, web, { identity, ...defaultRealServerSettings });
  }
  return director;
}

const table = (director: Director) =>
  allRealServers(director, web).map(
    ({ realServer: { identity, forwarding, weight } }) =>
      `${formatRealServer(identity)} ${forwarding} ${weight}`,
  );

const origin = { user: 'root', behind: null, from: null, by: 'command' } as const;

describe.each([60, 80, 81, 82, 100, 163, 300])('of a service with %d real servers', (size) => {
  const cases: readonly [string, Intention][] = [
    ['the deletion', { kind: 'delete service', service: web }],
    ['the switch to TUN', { kind: 'switch mode', service: web, realServer: null, mode: 'tun' }],
    ['the switch to NAT', { kind: 'switch mode', service: web, realServer: null, mode: 'nat' }],
  ];

  test.each(cases)('%s is done to all and taken back', (_, intention) => {
    const director = directorWith(size);
    const before = table(director);
    const journal = createMemoryJournal();
    const outcome = allAtOnce(
      performJournalled(director, allAtOnce(makePlan(director, [intention])), { journal, origin }),
    );
    expect(outcome).toMatchObject({ kind: 'done', deviations: [] });
    if (intention.kind === 'delete service') expect(allServices(director)).toEqual([]);
    else if (intention.kind === 'switch mode')
      expect(table(director).every((row) => row.includes(` ${intention.mode} `))).toBe(true);
    const undo = allAtOnce(planLastUndo(director, allAtOnce(journal.read(1)).changes));
    if (undo === undefined) throw new Error('there is nothing to undo');
    expect(
      allAtOnce(performJournalled(director, undo.plan, { journal, origin, undoes: undo.change.id })),
    ).toMatchObject({
      kind: 'done',
      deviations: [],
    });
    expect(table(director)).toEqual(before);
  });
});
