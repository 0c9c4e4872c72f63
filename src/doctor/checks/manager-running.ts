import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import { runningOwners, tableOwnerNames } from '../evidence/table-owners.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

/** Another program writes the table too, and undoes what is changed by hand. */
export const managerRunning: PublicCheck = {
  id: 'manager-running',
  title: `another program writes the table: ${tableOwnerNames.join(', ')}`,
  restsOn: [
    "practice: keepalived's reload compares with its own configuration only, and undoes or ignores what was changed by hand",
  ],
  byService: false,
  find({ machine }) {
    return runningOwners(machine).map(({ owner: { name, configuration }, pid }) => ({
      check: 'manager-running' as const,
      severity: 'hint' as const,
      subject: director,
      lookedAt: 'running processes',
      found: `${name} is running (process ${pid})`,
      matters: 'it takes the table from its own configuration, and undoes or ignores what is changed here',
      mend: [adviceForDirector(`change what shall last in ${configuration}`)],
    }));
  },
};
