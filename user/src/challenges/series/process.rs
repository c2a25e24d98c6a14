//! The series there are, and what is made of them.

use libos::Error;

use super::TERMS;
use super::rational::Rational;
use super::stream::{Process, Stream, spawn, spawn_two};

/// A polynomial: its coefficients, and then zeros.
pub struct Polynomial {
    coefficients: [i32; 4],
    at: usize,
}

impl Polynomial {
    /// The one with these.
    pub fn new(coefficients: [i32; 4]) -> Self {
        Self {
            coefficients,
            at: 0,
        }
    }
}

impl Process for Polynomial {
    fn next(&mut self, _: usize) -> Result<Rational, Error> {
        let coefficient = self.coefficients.get(self.at);
        self.at += 1;
        Ok(Rational::whole(coefficient.copied().unwrap_or(0)))
    }

    fn end(&mut self, _: usize) -> Result<bool, Error> {
        Ok(true)
    }
}

/// sin x: each second term, the last one divided by two numbers more and of the other sign.
pub struct Sine {
    term: Rational,
    at: i32,
}

impl Sine {
    /// From its first term on.
    pub fn new() -> Self {
        Self {
            term: Rational::whole(1),
            at: 0,
        }
    }
}

impl Process for Sine {
    fn next(&mut self, _: usize) -> Result<Rational, Error> {
        let at = self.at;
        self.at += 1;
        if at % 2 == 0 {
            return Ok(Rational::ZERO);
        }
        let term = self.term;
        let below = i128::from((at + 1) * (at + 2));
        self.term = term.times(Rational::new(-1, below));
        Ok(term)
    }

    fn end(&mut self, _: usize) -> Result<bool, Error> {
        Ok(true)
    }
}

/// The same series for two readers, of whom either may be ahead.
struct Split {
    from: Stream,
    terms: [Rational; TERMS],
    count: usize,
    /// How many terms each has had; `None` for one that wants no more.
    read: [Option<usize>; 2],
}

impl Split {
    fn new(from: Stream) -> Self {
        Self {
            from,
            terms: [Rational::ZERO; TERMS],
            count: 0,
            read: [Some(0); 2],
        }
    }
}

impl Process for Split {
    fn next(&mut self, branch: usize) -> Result<Rational, Error> {
        let at = self.read[branch].unwrap_or(0);
        if at == self.count {
            self.terms[at] = self.from.next()?;
            self.count += 1;
        }
        self.read[branch] = Some(at + 1);
        Ok(self.terms[at])
    }

    fn end(&mut self, branch: usize) -> Result<bool, Error> {
        self.read[branch] = None;
        let is_over = self.read == [None; 2];
        if is_over {
            self.from.end()?;
        }
        Ok(is_over)
    }
}

/// The product of two series.
struct Product {
    factors: [Stream; 2],
    terms: [[Rational; TERMS]; 2],
    count: usize,
}

impl Product {
    fn new(factors: [Stream; 2]) -> Self {
        Self {
            factors,
            terms: [[Rational::ZERO; TERMS]; 2],
            count: 0,
        }
    }
}

impl Process for Product {
    fn next(&mut self, _: usize) -> Result<Rational, Error> {
        for (factor, terms) in self.factors.iter().zip(&mut self.terms) {
            terms[self.count] = factor.next()?;
        }
        self.count += 1;
        let [one, other] = &self.terms;
        let pairs = one[..self.count]
            .iter()
            .zip(other[..self.count].iter().rev());
        Ok(pairs.fold(Rational::ZERO, |sum, (&a, &b)| sum.plus(a.times(b))))
    }

    fn end(&mut self, _: usize) -> Result<bool, Error> {
        self.factors.iter().try_for_each(|factor| factor.end())?;
        Ok(true)
    }
}

/// One series put into another: F(G), where G begins with 0. With F = f + x F' and G = x G', it is f + x G' F'(G): so it
/// gives f, and from then on the product of G' and of F'(G), which is an environment like itself.
pub struct Compose {
    outer: Stream,
    inner: Stream,
    rest: Option<Stream>,
    has_begun: bool,
}

impl Compose {
    /// `inner` put into `outer`.
    pub fn new(outer: Stream, inner: Stream) -> Self {
        Self {
            outer,
            inner,
            rest: None,
            has_begun: false,
        }
    }
}

impl Process for Compose {
    fn next(&mut self, _: usize) -> Result<Rational, Error> {
        if !self.has_begun {
            self.has_begun = true;
            return self.outer.next();
        }
        let rest = match self.rest {
            Some(rest) => rest,
            None => {
                let [factor, again] = spawn_two(Split::new(self.inner))?;
                // The 0.
                factor.next()?;
                let deeper = spawn(Compose::new(self.outer, again))?;
                *self.rest.insert(spawn(Product::new([factor, deeper]))?)
            }
        };
        rest.next()
    }

    fn end(&mut self, _: usize) -> Result<bool, Error> {
        match self.rest {
            Some(rest) => rest.end()?,
            None => {
                self.outer.end()?;
                self.inner.end()?;
            }
        }
        Ok(true)
    }
}
