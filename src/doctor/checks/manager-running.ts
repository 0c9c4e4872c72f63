import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../check.ts';
import { director } from '../subjects.ts';
import { tableOwners } from '../table-owners.ts';

/** Somebody else writes the table, too. */
export const managerRunning: PublicCheck = {
  id: 'manager-running',
  title: `another program writes the table: ${tableOwners.map(({ name }) => name).join(', ')}`,
  restsOn: [
    "practice: keepalived's reload compares with its own configuration only, and undoes or ignores what was changed by hand",
  ],
  byService: false,
  find({ machine }) {
    const running = machine.running(tableOwners.map(({ name }) => name));
    return tableOwners.flatMap(({ name, configuration }) => {
      const own = running.filter((process) => process.name === name);
      const [first] = own;
      if (first === undefined) return [];
      return [
        {
          check: 'manager-running' as const,
          severity: 'hint' as const,
          subject: director,
          lookedAt: 'running processes',
          found: `${name} is running (process ${first.pid})`,
          matters:
            'it takes the table from its own configuration, and undoes or ignores what is changed here',
          mend: [adviceForDirector(`change what shall last in ${configuration}`)],
        },
      ];
    });
  },
};
