import { testClaims } from '../../experiment/claimtests';
import rsvd from './rsvd';

testClaims(rsvd, { on: ['gpu'] });
