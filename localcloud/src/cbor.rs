//! CBOR to JSON and back, as Smithy RPC v2 uses them.
//!
//! JSON does not tell a timestamp from a number, nor a whole double from an integer; the SDK's decoder insists on both.
//! What a member is follows from its name, in CloudWatch's model without exception.

use minicbor::data::{Tag, Type};
use minicbor::{Decoder, Encoder};
use serde_json::{Map, Number, Value};

/// Members of CloudWatch's model that are doubles, so that `80` goes out as `80.0`.
const DOUBLES: [&str; 11] = [
    "Average",
    "Counts",
    "Maximum",
    "Minimum",
    "ModelEvaluationValue",
    "SampleCount",
    "Sum",
    "Threshold",
    "Value",
    "Values",
    "StandardDeviation",
];

/// Reads one CBOR item; timestamps become numbers of seconds. CloudWatch has no byte strings, so those are an error.
pub(crate) fn decode(bytes: &[u8]) -> Result<Value, minicbor::decode::Error> {
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    value(&mut Decoder::new(bytes))
}

fn value(decoder: &mut Decoder<'_>) -> Result<Value, minicbor::decode::Error> {
    let at = decoder.position();
    Ok(match decoder.datatype()? {
        Type::Bool => decoder.bool()?.into(),
        Type::Null => {
            decoder.null()?;
            Value::Null
        }
        Type::Undefined => {
            decoder.undefined()?;
            Value::Null
        }
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => decoder.u64()?.into(),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => decoder.i64()?.into(),
        Type::F16 => float(f64::from(decoder.f16()?)),
        Type::F32 => float(f64::from(decoder.f32()?)),
        Type::F64 => float(decoder.f64()?),
        Type::String | Type::StringIndef => {
            let mut text = String::new();
            for chunk in decoder.str_iter()? {
                text.push_str(chunk?);
            }
            text.into()
        }
        Type::Tag => {
            decoder.tag()?;
            value(decoder)?
        }
        Type::Array | Type::ArrayIndef => {
            let length = decoder.array()?;
            let mut items = Vec::new();
            while more(decoder, length, items.len())? {
                items.push(value(decoder)?);
            }
            items.into()
        }
        Type::Map | Type::MapIndef => {
            let length = decoder.map()?;
            let mut members = Map::new();
            let mut seen = 0;
            while more(decoder, length, seen)? {
                let Value::String(name) = value(decoder)? else {
                    return Err(minicbor::decode::Error::message(
                        "a member's name is not a string",
                    )
                    .at(at));
                };
                members.insert(name, value(decoder)?);
                seen += 1;
            }
            members.into()
        }
        other => return Err(minicbor::decode::Error::type_mismatch(other).at(at)),
    })
}

/// Whether another item follows; takes the break that ends an item of unknown length.
fn more(
    decoder: &mut Decoder<'_>,
    length: Option<u64>,
    seen: usize,
) -> Result<bool, minicbor::decode::Error> {
    match length {
        Some(length) => Ok((seen as u64) < length),
        None if decoder.datatype()? == Type::Break => decoder.skip().map(|()| false),
        None => Ok(true),
    }
}

fn float(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// Writes a JSON value as CBOR.
pub(crate) fn encode(json: &Value) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    // Writing to memory does not fail.
    let _ = write(&mut encoder, "", json);
    encoder.into_writer()
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn write(encoder: &mut Encoder<Vec<u8>>, member: &str, json: &Value) -> Written {
    match json {
        Value::Null => encoder.null()?,
        Value::Bool(truth) => encoder.bool(*truth)?,
        Value::Number(number) if is_timestamp(member) => encoder
            .tag(Tag::new(1))?
            .f64(number.as_f64().unwrap_or_default())?,
        Value::Number(number) => match (number.as_i64(), DOUBLES.contains(&member)) {
            (Some(whole), false) => encoder.i64(whole)?,
            _ => encoder.f64(number.as_f64().unwrap_or_default())?,
        },
        Value::String(text) => encoder.str(text)?,
        Value::Array(items) => {
            encoder.array(items.len() as u64)?;
            for item in items {
                write(encoder, member, item)?;
            }
            return Ok(());
        }
        Value::Object(members) => {
            encoder.map(members.len() as u64)?;
            for (name, value) in members {
                encoder.str(name)?;
                // The members of this map are named by the percentile.
                write(
                    encoder,
                    if member == "ExtendedStatistics" {
                        "Value"
                    } else {
                        name
                    },
                    value,
                )?;
            }
            return Ok(());
        }
    };
    Ok(())
}

fn is_timestamp(member: &str) -> bool {
    [
        "Timestamp",
        "Timestamps",
        "Time",
        "Date",
        "LastModified",
        "CreatedAt",
        "UpdatedAt",
    ]
    .iter()
    .any(|ending| member.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_back() {
        let json = json!({ "AlarmName": "a", "Period": 300, "ActionsEnabled": true, "Dimensions": [{ "Name": "n" }], "Negative": -5 });
        assert_eq!(decode(&encode(&json)).unwrap(), json);
    }

    #[test]
    fn a_whole_double_stays_a_double() {
        let bytes = encode(&json!({ "Period": 60, "Threshold": 80, "Values": [1, 2.5] }));
        let mut decoder = Decoder::new(&bytes);
        assert_eq!(decoder.map().unwrap(), Some(3));
        assert_eq!(decoder.str().unwrap(), "Period");
        assert_eq!(decoder.u8().unwrap(), 60);
        assert_eq!(decoder.str().unwrap(), "Threshold");
        assert_eq!(decoder.f64().unwrap(), 80.0);
        assert_eq!(decoder.str().unwrap(), "Values");
        assert_eq!(decoder.array().unwrap(), Some(2));
        assert_eq!(decoder.f64().unwrap(), 1.0);
    }

    #[test]
    fn a_timestamp_is_tagged() {
        let bytes = encode(&json!({ "StateUpdatedTimestamp": 1_795_248_256.11 }));
        let mut decoder = Decoder::new(&bytes);
        decoder.map().unwrap();
        decoder.str().unwrap();
        assert_eq!(decoder.tag().unwrap(), Tag::new(1));
        assert_eq!(
            decode(&bytes).unwrap()["StateUpdatedTimestamp"],
            1_795_248_256.11
        );
    }

    #[test]
    fn items_of_unknown_length_are_read() {
        let mut encoder = Encoder::new(Vec::new());
        encoder
            .begin_map()
            .unwrap()
            .str("Names")
            .unwrap()
            .begin_array()
            .unwrap()
            .str("a")
            .unwrap()
            .end()
            .unwrap()
            .end()
            .unwrap();
        assert_eq!(
            decode(&encoder.into_writer()).unwrap(),
            json!({ "Names": ["a"] })
        );
    }

    #[test]
    fn an_empty_body_is_an_empty_structure_and_rubbish_an_error() {
        assert_eq!(decode(b"").unwrap(), json!({}));
        assert!(decode(&[0xa1, 0x61]).is_err());
        assert!(decode(&[0xa1, 0x01, 0x02]).is_err());
    }
}
