/** What rotation and shredding go by. */
export interface RotationRules {
  /** Values sealed again per second, at most. */
  resealsPerSecond: number;
  /** So long backups are kept: a DEK is destroyed no earlier, so that each of them can be restored. */
  backupDays: number;
  /** So long after an org was deleted its keys can still be brought back. */
  shredGraceDays: number;
  /** Outside the database: which orgs were shredded. */
  tombstoneFile?: string | undefined;
}
