//! The tables, a secret, and users with one password hash.

use std::error::Error;

use tower_sessions_sqlx_store::SqliteStore;

use crate::{keys::random_token, pool};

pub async fn seed(data: &str, users: i64, hash: &str) -> Result<(), Box<dyn Error>> {
    std::fs::write(format!("{data}/secret"), random_token()?)?;
    let pool = pool(data, 1).await?;
    sqlx::raw_sql(include_str!("schema.sql")).execute(&pool).await?;
    SqliteStore::new(pool.clone()).migrate().await?;
    sqlx::query(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $1)
         INSERT INTO users (name, password) SELECT printf('u%06d', n), $2 FROM n",
    )
    .bind(users)
    .bind(hash)
    .execute(&pool)
    .await?;
    pool.close().await;
    Ok(())
}
