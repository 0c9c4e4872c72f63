import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

/** A backup daemon that hears no master has no connections to go on with when it takes over. */
export const backupHearsNothing: PrivilegedCheck = {
  id: 'backup-hears-nothing',
  title: 'a backup daemon runs, and no connection has come from a master',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_sync.c, ip_vs_process_message: messages with another id are dropped without a word',
    'net/netfilter/ipvs/ip_vs_conn.c, ip_vs_conn_sync_seq_show: where each connection is from, LOCAL or SYNC',
  ],
  needsRight: 'sync daemons',
  byService: false,
  find({ syncDaemons, services, machine }) {
    const daemon = syncDaemons.find(({ state }) => state === 'backup');
    if (daemon === undefined || services.length === 0 || machine.hasSyncedConnection() !== false) return [];
    const port = daemon.port === 0 ? 8848 : daemon.port;
    return [
      {
        check: 'backup-hears-nothing',
        severity: 'hint',
        subject: director,
        lookedAt: '/proc/net/ip_vs_conn_sync, and the backup daemon',
        found: `it runs with id ${daemon.syncId} on ${daemon.interface}, and no connection is from a master (SYNC)`,
        matters:
          'that is normal while the master has no traffic; otherwise clients of the master lose their connections when this director takes over',
        mend: [
          adviceForDirector(
            `compare with the master ("lvstop sync", or "ipvsadm -L --daemon", there and here): the id (${daemon.syncId === 0 ? '0 takes every one' : 'another one is dropped without a word'}), group and port, and an interface on the same link; and see that no firewall drops UDP to port ${port} here ("iptables -S INPUT"). "tcpdump -ni ${daemon.interface} udp port ${port}" shows whether messages come`,
          ),
        ],
      },
    ];
  },
};
