import type { FuzzTarget } from '../target.ts';
import { drains } from './drains.ts';
import { ipvsadm } from './ipvsadm.ts';
import { journal } from './journal.ts';
import { json } from './json.ts';
import { keepalived } from './keepalived.ts';
import { keys } from './keys.ts';
import { netlinkAnswers } from './netlink-answers.ts';
import { netlinkRows } from './netlink-rows.ts';
import { packets } from './packets.ts';
import { proc } from './proc.ts';
import { recording } from './recording.ts';
import { routes } from './routes.ts';
import { settings } from './settings.ts';

/** All readers of what comes from outside. */
export const targets: readonly FuzzTarget[] = [
  netlinkRows,
  netlinkAnswers,
  routes,
  ipvsadm,
  keepalived,
  json,
  settings,
  drains,
  journal,
  recording,
  keys,
  proc,
  packets,
];
