/** Something in the backup folder that no list shows as a backup. */
export class UnlistedFileDto {
  /** relative to the backup folder */
  path!: string;
  reason!: string;
}
