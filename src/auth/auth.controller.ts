import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ClientAddress } from '../common/http/client-address.decorator.js';
import { done, DoneDto } from '../common/http/done.dto.js';
import { accessTokenSeconds, AccessTokens } from './access-tokens.js';
import { AnyUser, CurrentUser, Public } from './auth.decorators.js';
import { AccessTokenDto, ChangePasswordDto, LoginDto, MeDto } from './auth.dto.js';
import { type Caller, CallerProjects } from './auth.types.js';
import { LoginService } from './login.service.js';

@ApiTags('Who is calling')
@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly accessTokens: AccessTokens,
    private readonly projects: CallerProjects,
  ) {}

  /** Trades an e-mail address and a password for an access token. */
  @Post('login')
  @Public()
  @HttpCode(200)
  async login(
    @Body() { email, password }: LoginDto,
    @ClientAddress() address: string,
  ): Promise<AccessTokenDto> {
    const user = await this.logins.login(email, password, address);
    const access_token = await this.accessTokens.issue(user.id);
    return { access_token, token_type: 'Bearer', expires_in: accessTokenSeconds };
  }

  /** Who is calling, and the projects that they may see. */
  @Get('me')
  @AnyUser()
  async me(@CurrentUser() caller: Caller): Promise<MeDto> {
    const { id, email, name, role } = caller;
    return { id, email, name, role, projects: await this.projects.of(caller) };
  }

  /** Changes the caller's own password. */
  @Post('password')
  @AnyUser()
  @HttpCode(200)
  async changePassword(
    @CurrentUser() caller: Caller,
    @Body() { current_password, new_password }: ChangePasswordDto,
    @ClientAddress() address: string,
  ): Promise<DoneDto> {
    await this.logins.changePassword(caller, current_password, new_password, address);
    return done('The password is changed.');
  }
}
