import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { newId } from '../common/random.js';

export const accessTokenIssuer = 'holdfast';
export const accessTokenSeconds = 3600;

/** Makes access tokens. They hold the user's id and no role: roles are read anew at each request. */
@Injectable()
export class AccessTokens {
  constructor(private readonly jwt: JwtService) {}

  issue(userId: number): Promise<string> {
    return this.jwt.signAsync(
      {},
      {
        algorithm: 'HS256',
        subject: String(userId),
        issuer: accessTokenIssuer,
        expiresIn: accessTokenSeconds,
        jwtid: newId(),
      },
    );
  }
}
