//! [`platform::Sql`].

use std::time::Duration;

use platform::{Kind, Platform, Row, Sql, Statement, Value};

use crate::{At, Outcome, cases, ensure, fails, words};

cases!(sql:
    parameters_are_bound, parameters_by_number, no_rows_is_an_empty_list, values_come_back_as_stored, rows_in_order,
    many_rows, long_text, what_is_not_sql_is_invalid, missing_table_is_invalid, results_in_the_statements_order,
    failed_batch_has_no_effect, batch_sees_its_own_writes, catalogue_is_there,
);

/// Runs a statement. Cases write to one database at the same time, and the trait lets a locked database answer
/// `Unavailable`. Such a statement is run again.
async fn query<P: Platform>(at: &At<'_, P>, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, String> {
    const TRIES: u32 = 5;
    let database = at.cx.sql().map_err(|error| words(&error))?;
    let mut tried = 0;
    loop {
        tried += 1;
        match database.query(sql, parameters).await {
            Err(error) if error.kind() == Kind::Unavailable && tried < TRIES => {
                at.cx.sleep(Duration::from_millis(100)).await;
            }
            result => return result.map_err(|error| format!("{sql}: {error}")),
        }
    }
}

/// The value of a result with one row of one column.
async fn one<P: Platform>(at: &At<'_, P>, sql: &str, parameters: &[Value]) -> Result<Value, String> {
    match query(at, sql, parameters).await?.as_slice() {
        [Row(values)] if values.len() == 1 => Ok(values[0].clone()),
        rows => Err(format!("{sql}: {rows:?}, one value wanted")),
    }
}

/// Runs a case with a table of its own. The table is dropped if the case passes.
async fn with_table<P: Platform>(at: &At<'_, P>, name: &str, case: impl AsyncFnOnce(&str) -> Outcome) -> Outcome {
    let table = at.unique(name);
    query(at, &format!("CREATE TABLE {table} (number INTEGER PRIMARY KEY, value)"), &[]).await?;
    let outcome = case(&table).await;
    query(at, &format!("DROP TABLE {table}"), &[]).await?;
    outcome
}

async fn parameters_are_bound<P: Platform>(at: &At<'_, P>) -> Outcome {
    for text in ["'; DROP TABLE media; --", "?1", "%", "\u{e9}\u{1f3c6}", "a\nb", "\\", "\""] {
        let value = one(at, "SELECT ?1", &[text.into()]).await?;
        ensure!(value == Value::Text(text.to_owned()), "{text:?} came back as {value:?}");
    }
    Ok(())
}

async fn parameters_by_number<P: Platform>(at: &At<'_, P>) -> Outcome {
    let value = one(at, "SELECT ?2 || ?1 || ?2", &["a".into(), "b".into()]).await?;
    ensure!(value == Value::Text("bab".to_owned()), "came back as {value:?}");
    Ok(())
}

async fn no_rows_is_an_empty_list<P: Platform>(at: &At<'_, P>) -> Outcome {
    let rows = query(at, "SELECT 1 WHERE 0", &[]).await?;
    ensure!(rows.is_empty(), "{rows:?}");
    Ok(())
}

/// The values go in as parameters, through a column, and as literals.
async fn values_come_back_as_stored<P: Platform>(at: &At<'_, P>) -> Outcome {
    let values = [
        Value::Null,
        Value::Integer(0),
        Value::Integer(i64::MAX),
        Value::Integer(i64::MIN),
        // Larger than what a number in JavaScript's JSON holds exactly.
        Value::Integer((1 << 53) + 1),
        Value::Real(0.1),
        Value::Real(-1.5e300),
        Value::Real(1.0),
        Value::Text(String::new()),
        Value::Text("\u{e4}\u{1f3c6} 'quoted'".to_owned()),
        Value::Blob(Vec::new()),
        Value::Blob((0..=255).collect()),
    ];
    with_table(at, "values", async |table| {
        for (number, value) in (0..).zip(&values) {
            let insert = format!("INSERT INTO {table} VALUES (?1, ?2)");
            query(at, &insert, &[Value::Integer(number), value.clone()]).await?;
        }
        let rows = query(at, &format!("SELECT value FROM {table} ORDER BY number"), &[]).await?;
        for (row, value) in rows.iter().zip(&values) {
            ensure!(row.0 == [value.clone()], "{value:?} came back as {row:?}");
        }
        ensure!(rows.len() == values.len(), "{} rows of {}", rows.len(), values.len());
        Ok(())
    })
    .await
}

async fn rows_in_order<P: Platform>(at: &At<'_, P>) -> Outcome {
    let rows = query(at, "SELECT 3, 'c' UNION ALL SELECT 1, 'a' UNION ALL SELECT 2, 'b' ORDER BY 1", &[]).await?;
    let wanted = [(1, "a"), (2, "b"), (3, "c")].map(|(number, text)| Row(vec![Value::Integer(number), text.into()]));
    ensure!(rows == wanted, "{rows:?}");
    Ok(())
}

async fn many_rows<P: Platform>(at: &At<'_, P>) -> Outcome {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) \
               SELECT i, hex(randomblob(50)) FROM n";
    let rows = query(at, sql, &[]).await?;
    ensure!(rows.len() == 1000, "{} rows of 1000", rows.len());
    let odd = (0..).zip(&rows).find(|(number, row)| row.integer(0).ok().flatten() != Some(*number));
    ensure!(odd.is_none(), "{odd:?}");
    Ok(())
}

async fn long_text<P: Platform>(at: &At<'_, P>) -> Outcome {
    let text = "0123456789abcdef".repeat(1 << 15);
    let value = one(at, "SELECT ?1", &[text.as_str().into()]).await?;
    ensure!(value == Value::Text(text), "half a megabyte came back as something else");
    Ok(())
}

async fn what_is_not_sql_is_invalid<P: Platform>(at: &At<'_, P>) -> Outcome {
    let database = at.cx.sql().map_err(|error| words(&error))?;
    fails(database.query("SELEC 1", &[]).await, &[Kind::Invalid], "SELEC 1")
}

async fn missing_table_is_invalid<P: Platform>(at: &At<'_, P>) -> Outcome {
    let database = at.cx.sql().map_err(|error| words(&error))?;
    fails(database.query("SELECT * FROM nowhere", &[]).await, &[Kind::Invalid], "a table that is not there")
}

async fn results_in_the_statements_order<P: Platform>(at: &At<'_, P>) -> Outcome {
    let database = at.cx.sql().map_err(|error| words(&error))?;
    let statements: Vec<Statement<'_>> =
        (0..5).map(|number| Statement::new("SELECT ?1", [Value::Integer(number)])).collect();
    let results = database.batch(&statements).await.map_err(|error| words(&error))?;
    let wanted: Vec<Vec<Row>> = (0..5).map(|number| vec![Row(vec![Value::Integer(number)])]).collect();
    ensure!(results == wanted, "{results:?}");
    Ok(())
}

async fn failed_batch_has_no_effect<P: Platform>(at: &At<'_, P>) -> Outcome {
    with_table(at, "batch", async |table| {
        let insert = format!("INSERT INTO {table} VALUES (1, 'x')");
        let database = at.cx.sql().map_err(|error| words(&error))?;
        // The second statement fails, because the key is unique.
        let statements = [Statement::new(&insert, []), Statement::new(&insert, [])];
        ensure!(database.batch(&statements).await.is_err(), "the same key went in twice");
        let count = one(at, &format!("SELECT count(*) FROM {table}"), &[]).await?;
        ensure!(count == Value::Integer(0), "{count:?} rows stayed");
        Ok(())
    })
    .await
}

async fn batch_sees_its_own_writes<P: Platform>(at: &At<'_, P>) -> Outcome {
    with_table(at, "own", async |table| {
        let (insert, select) = (format!("INSERT INTO {table} VALUES (1, ?1)"), format!("SELECT value FROM {table}"));
        let database = at.cx.sql().map_err(|error| words(&error))?;
        let statements = [Statement::new(&insert, [Value::from("x")]), Statement::new(&select, [])];
        let results = database.batch(&statements).await.map_err(|error| words(&error))?;
        ensure!(results == [vec![], vec![Row(vec!["x".into()])]], "{results:?}");
        Ok(())
    })
    .await
}

async fn catalogue_is_there<P: Platform>(at: &At<'_, P>) -> Outcome {
    query(at, "SELECT key, type, size FROM media LIMIT 1", &[]).await.map(|_| ())
}
