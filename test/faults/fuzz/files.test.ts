import { describe } from 'vitest';
import { standsInputs } from './stands-inputs.ts';
import { drains } from './targets/drains.ts';
import { ipvsadm } from './targets/ipvsadm.ts';
import { journal } from './targets/journal.ts';
import { json } from './targets/json.ts';
import { keepalived } from './targets/keepalived.ts';
import { recording } from './targets/recording.ts';
import { settings } from './targets/settings.ts';

describe('whatever may stand in a file', () => {
  standsInputs(ipvsadm, keepalived, json, settings, drains, journal, recording);
});
