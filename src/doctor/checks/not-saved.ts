import { adviceForDirector, onDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import type { SavedState } from '../evidence/evidence.ts';
import { runningOwners } from '../evidence/table-owners.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

/** The kernel forgets its table at a reboot, so what is not saved is lost. */
export const notSaved: PrivilegedCheck = {
  id: 'not-saved',
  title: 'the running table is not what is saved for the next boot',
  restsOn: [
    'practice: the table is in memory only; ipvsadm.service and its like load /etc/ipvsadm.rules or /etc/sysconfig/ipvsadm at boot',
  ],
  needsRight: 'all settings of the table',
  byService: false,
  find({ saved, services, machine }) {
    const told = tellSaved(saved);
    if (told === undefined) return [];
    if (saved.kind === 'no file') {
      if (services.length === 0) return [];
      // The program that owns the table makes it again after a reboot.
      if (runningOwners(machine).length > 0) return [];
    }
    return [
      {
        check: 'not-saved',
        severity: saved.kind === 'differs' ? 'warning' : 'hint',
        subject: director,
        lookedAt: told.file,
        found: told.found,
        matters: 'the kernel forgets its table at a reboot, and what is saved comes back',
        mend: [told.remedy],
      },
    ];
  },
};

const save = onDirector('lvstop save');

function tellSaved(
  saved: SavedState,
): { readonly file: string; readonly found: string; readonly remedy: Remedy } | undefined {
  switch (saved.kind) {
    case 'differs':
      return {
        file: saved.file,
        found: `${saved.changes === 1 ? 'one service or real server is' : `${saved.changes} services and real servers are`} otherwise than saved`,
        remedy: save,
      };
    case 'no file':
      return { file: saved.file, found: 'nothing is saved', remedy: save };
    case 'unreadable':
      return {
        file: saved.file,
        found: `it cannot be read as a table: ${saved.reason}`,
        remedy: adviceForDirector(
          'see what it holds, then save anew with "lvstop save", which keeps it beside',
        ),
      };
    default:
      return undefined;
  }
}
