/** A director whose table stands in a file: what one process did to it the next one finds, killed or not. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readTable } from '../../src/changes/steps/table-state.ts';
import type { Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { noNames } from '../../src/formats/names.ts';
import { addRealServer, addService } from '../director/table-edits.ts';
import { tableOf } from '../formats/random-table.ts';
import { readIpvsadm } from '../formats/reading.ts';

/** Opens the table of a file as if it were the kernel's. As there, a change is in force when the call returns. */
export function openTableFile(path: string): Director {
  const director = createSimulatedDirector({ now: () => 0, seed: 1, site: 'empty' });
  for (const { service, realServers } of tableOf(
    readIpvsadm(readFileSync(path, 'utf8'), noNames).configuration,
  )) {
    addService(director, service);
    for (const realServer of realServers) addRealServer(director, service.identity, realServer);
  }
  return new Proxy(director, {
    get(target, key) {
      if (key === 'source') return 'kernel';
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const answer = Reflect.apply(value, target, given);
        if (key === 'write') keep(target, path);
        return answer;
      };
    },
  });
}

function keep(director: Director, path: string): void {
  writeFileSync(`${path}.new`, tableText(director));
  renameSync(`${path}.new`, path);
}

/** The table as `ipvsadm -Sn` prints it. */
export function tableText(director: Director): string {
  const services = readTable(director).map(({ service, realServers }) => ({
    service,
    realServers: realServers.map(({ realServer }) => realServer),
  }));
  return formatIpvsadm(services);
}
