import { applyDecorators } from '@nestjs/common';
import { ApiHideProperty, ApiQuery } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import { badInput } from './validation.js';

class PageNumberAndSize {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  number = 1;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  size = 50;
}

/** The query of every list: `page[number]`, `page[size]`, `sort`, `filter[...]`. */
export class PageQuery {
  @ApiHideProperty()
  @IsObject()
  @ValidateNested()
  @Type(() => PageNumberAndSize)
  page: PageNumberAndSize = new PageNumberAndSize();

  @ApiHideProperty()
  @IsOptional()
  @IsString()
  @Matches(/^-?[a-z_]+$/, {
    message: 'sort must be the name of a column, with "-" in front for descending order',
  })
  sort?: string;

  @ApiHideProperty()
  @IsOptional()
  @IsObject()
  filter?: Record<string, unknown>;
}

/** One page of a list, read from its query. `filter` holds only what was asked for. */
export interface PageRequest<Sort extends string, Filter extends string> {
  offset: number;
  limit: number;
  sort: Sort;
  descending: boolean;
  filter: Partial<Record<Filter, string>>;
}

export interface ListOptions<Sort extends string, Filter extends string> {
  /** Columns to sort by; the first one is the default, descending, because lists show the newest first. */
  sort: readonly [Sort, ...Sort[]];
  filter: readonly Filter[];
}

/** Throws DomainError `bad-input` for a column or filter that the list does not have. */
export function readPage<Sort extends string, Filter extends string>(
  query: PageQuery,
  allowed: ListOptions<Sort, Filter>,
): PageRequest<Sort, Filter> {
  const asked = query.sort?.replace(/^-/, '');
  const sort = asked === undefined ? allowed.sort[0] : allowed.sort.find((column) => column === asked);
  if (sort === undefined) {
    throw badInput([{ field: 'sort', message: `sort must be one of ${allowed.sort.join(', ')}` }]);
  }
  return {
    offset: (query.page.number - 1) * query.page.size,
    limit: query.page.size,
    sort,
    descending: query.sort === undefined || query.sort.startsWith('-'),
    filter: readFilter(query.filter ?? {}, allowed.filter),
  };
}

function readFilter<Filter extends string>(given: Record<string, unknown>, allowed: readonly Filter[]) {
  const filter: Partial<Record<Filter, string>> = {};
  for (const [name, value] of Object.entries(given)) {
    const known = allowed.find((candidate) => candidate === name);
    const field = `filter[${name}]`;
    if (known === undefined) {
      const choice = allowed.length === 0 ? 'this list has no filters' : `it may be ${allowed.join(', ')}`;
      throw badInput([{ field, message: `${field} is unknown; ${choice}` }]);
    }
    if (typeof value !== 'string') throw badInput([{ field, message: `${field} must be given once` }]);
    filter[known] = value;
  }
  return filter;
}

/** Documents the query of a list in OpenAPI. */
export function ApiPaged(allowed: ListOptions<string, string>) {
  const columns = allowed.sort.flatMap((column) => [column, `-${column}`]);
  return applyDecorators(
    ApiQuery({ name: 'page[number]', required: false, schema: { type: 'integer', minimum: 1, default: 1 } }),
    ApiQuery({
      name: 'page[size]',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    }),
    ApiQuery({
      name: 'sort',
      required: false,
      schema: { type: 'string', enum: columns, default: `-${allowed.sort[0]}` },
    }),
    ...allowed.filter.map((name) =>
      ApiQuery({ name: `filter[${name}]`, required: false, schema: { type: 'string' } }),
    ),
  );
}
