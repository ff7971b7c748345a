export class NewIdsDto {
  /** whose ids: `tasks.id` */
  ids_of!: string[];
  /** shift: each is greater by `by`; one: the project's own key; random: others of their kind; renamed: `by`, with the old text for its * */
  kind!: 'shift' | 'one' | 'random' | 'renamed';
  /** a decimal number, a key or a text; null for random ones */
  by!: string | null;
}

export class ProjectCopyDto {
  id!: string;
  /** of the new project */
  project_id!: number | string;
  project_name!: string | null;
  new_ids!: NewIdsDto[];
  /** every id with the one that it became, as lines of JSON; for as long as the backup is there */
  map_url!: string;
  backup_filename!: string;
  created_at!: string;
  created_by_name!: string | null;
  /** null while it is being made, and for ever when the service died before it was */
  finished_at!: string | null;
}

export class ProjectCopyListDto {
  copies!: ProjectCopyDto[];
  total!: number;
}
