import { visible } from '../../ipvs/visible.ts';
import { sinceText } from '../since-text.ts';
import type { StandingInstance, VrrpState } from './vrrp.ts';

const states: Readonly<Record<VrrpState, { readonly word: string; readonly meaning: string }>> = {
  master: { word: 'master', meaning: 'all its addresses are here' },
  backup: { word: 'backup', meaning: 'its addresses are elsewhere, as they should be' },
  fault: { word: 'at fault', meaning: 'it has none of its addresses, and does not take over' },
  partly: { word: 'master in part', meaning: 'only some of its addresses are here' },
  unknown: { word: 'of unknown state', meaning: 'it has no address to tell it by' },
};

/** What this machine is of an instance, with what keepalived says of it, in one line. */
export function instanceText(instance: StandingInstance, now: number): string {
  const { name, state, since, contradicted, master, sync, routerId, addresses } = instance;
  const link = instance.interface;
  const { word, meaning } = states[state];
  const standing = [
    `VRRP ${visible(name)}: ${word}${since === null ? '' : ` since ${sinceText(since, now)}`}`,
    ...(contradicted === null ? [] : [`but keepalived says ${contradicted}`]),
    ...(master === null || state === 'master' ? [] : [`master is ${visible(master)}`]),
  ].join(', ');
  const place = [
    ...(link === null ? [] : [`on ${visible(link)}`]),
    ...(routerId === null ? [] : [`router ${visible(routerId)}`]),
    ...(sync === null ? [] : [syncText(sync)]),
  ].join(', ');
  const meant = addresses.length === 0 && state !== 'unknown' ? '' : `: ${meaning}`;
  return `${standing}${meant}${place === '' ? '' : `; ${place}`}`;
}

/** The sync daemon that follows an instance, as it runs. */
function syncText({ interface: link, running }: NonNullable<StandingInstance['sync']>): string {
  if (running.length === 0) return `no sync daemon runs on ${visible(link)}, though it configures one`;
  return running
    .map(({ state, syncId }) => `sync daemon ${state} on ${visible(link)}, id ${syncId}`)
    .join(', ');
}
