import { testBounds } from './boundtests';
import { sequences } from './sequences';

testBounds(sequences);
