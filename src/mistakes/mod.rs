//! The catalogue of mistakes: named small changes to one stage of signing or verifying.
