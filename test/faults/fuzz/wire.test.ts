import { describe } from 'vitest';
import { standsInputs } from './stands-inputs.ts';
import { keys } from './targets/keys.ts';
import { netlinkAnswers } from './targets/netlink-answers.ts';
import { netlinkRows } from './targets/netlink-rows.ts';
import { packets } from './targets/packets.ts';
import { proc } from './targets/proc.ts';
import { routes } from './targets/routes.ts';

describe('whatever the kernel or a terminal may send', () => {
  standsInputs(netlinkRows, netlinkAnswers, routes, proc, packets, keys);
});
